package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unit: the example files, that of the Helm chart among them, are good. */
class ExamplesTest {
  private static final Path TOP = Path.of("..");

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(TOP.resolve("config/examples"))) {
      return files.filter(file -> file.toString().matches(".*\\.(toml|ini)")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void an_example_is_good_and_has_nothing_without_effect(Path example) {
    ProxyConfig config = ConfigLoader.load(example);

    assertThat(config.pools()).isNotEmpty();
    assertThat(config.notices()).isEmpty();
  }

  @Test
  void there_is_one_for_each_way_to_run_it() throws IOException {
    assertThat(examples())
        .extracting(file -> file.getFileName().toString())
        .contains("one-server.toml", "replicas.toml", "shards.toml", "rds.toml");
  }

  /** The block behind {@code config: |}, without its indent. */
  private static String chart() throws IOException {
    return Files.readAllLines(TOP.resolve("packaging/helm/pglynx/values.yaml")).stream()
        .dropWhile(line -> !line.equals("config: |"))
        .skip(1)
        .map(line -> line.startsWith("  ") ? line.substring(2) : line)
        .collect(Collectors.joining("\n"));
  }

  @Test
  void the_charts_configuration_fits_the_charts_ports_and_times() throws IOException {
    GeneralConfig general = ConfigLoader.parse(chart(), "values.yaml").general();
    String values = Files.readString(TOP.resolve("packaging/helm/pglynx/values.yaml"));
    String deployment =
        Files.readString(TOP.resolve("packaging/helm/pglynx/templates/deployment.yaml"));

    assertThat(deployment)
        .contains("containerPort: " + general.port())
        .contains("containerPort: " + general.http().port());
    Map<String, String> graces =
        values
            .lines()
            .filter(line -> line.startsWith("terminationGracePeriodSeconds: "))
            .collect(Collectors.toMap(line -> "seconds", line -> line.replaceAll("\\D", "")));
    StopConfig stop = general.stop();
    assertThat(1_000 * Long.parseLong(graces.getOrDefault("seconds", "0")))
        .isGreaterThan(stop.patienceMillis() + stop.timeoutMillis());
  }
}
