package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.Setting;

/**
 * What the product is installed with is understood by those who install it, as far as they are
 * there. {@code packaging/check} builds and starts the packages themselves.
 */
class PackagingIT {
  private static final Path TOP = Path.of("..");
  private static final Path CHART = TOP.resolve("packaging/helm/pglynx");
  private static final Path RULES = TOP.resolve("packaging/prometheus/pglynx.rules.yml");

  @TempDir private Path directory = Path.of("");

  /** What a program printed, and its exit code. */
  private record Said(int code, String text) {}

  private static Said run(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Said(process.waitFor(), text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String program(String name) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(path -> Path.of(path, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse("");
  }

  // ---- systemd ---------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"pglynx.service", "pglynx@.service"})
  void a_unit_is_one_for_systemd(String name) throws IOException {
    String analyze = program("systemd-analyze");
    assumeTrue(!analyze.isEmpty(), "systemd is not installed");
    String unit = Files.readString(TOP.resolve("packaging/systemd").resolve(name));
    // What it starts is not installed here.
    Path copy = directory.resolve(name);
    Files.writeString(copy, unit.replace("/opt/pglynx/bin/pglynx", "/bin/true"));

    Said said = run(Map.of(), analyze, "verify", "--man=no", copy.toString());

    assertThat(said.text()).isEmpty();
    assertThat(said.code()).isZero();
  }

  @Test
  void a_unit_sets_keys_that_there_are() throws IOException {
    String unit = Files.readString(TOP.resolve("packaging/systemd/pglynx@.service"));
    List<String> keys =
        Pattern.compile("PGLYNX_GENERAL_([A-Z_]+)=")
            .matcher(unit)
            .results()
            .map(found -> "general." + found.group(1).toLowerCase(java.util.Locale.ROOT))
            .toList();

    assertThat(keys).isNotEmpty();
    assertThat(ConfigLoader.parse(SmallProxy.toml(5432, "app", 1), "app.toml").settings())
        .extracting(Setting::key)
        .containsAll(keys);
  }

  // ---- Docker ----------------------------------------------------------------------------------

  /** The instructions, those that go over several lines as one. */
  private static List<String> dockerfile() throws IOException {
    String text = Files.readString(TOP.resolve("Dockerfile"));
    return text.replaceAll("(?m)^#.*\n", "").replace("\\\n", " ").lines().toList().stream()
        .filter(line -> !line.isBlank())
        .toList();
  }

  @Test
  void the_dockerfile_copies_what_is_there_and_runs_as_nobody_in_particular() throws IOException {
    Set<String> known =
        Set.of(
            "FROM",
            "RUN",
            "WORKDIR",
            "COPY",
            "USER",
            "EXPOSE",
            "STOPSIGNAL",
            "HEALTHCHECK",
            "ENTRYPOINT",
            "CMD");
    Set<String> stages = new TreeSet<>();
    for (String line : dockerfile()) {
      String[] words = line.split("\\s+");
      assertThat(known).as(line).contains(words[0]);
      if (words[0].equals("FROM") && words.length == 4) {
        stages.add(words[3]);
      } else if (words[0].equals("COPY") && words[1].startsWith("--from=")) {
        assertThat(stages).as(line).contains(words[1].substring("--from=".length()));
      } else if (words[0].equals("COPY")) {
        for (int i = 1; i < words.length - 1; i++) {
          assertThat(TOP.resolve(words[i])).as(line).exists();
        }
      }
    }
    assertThat(dockerfile())
        .contains("USER pglynx", "STOPSIGNAL SIGTERM")
        .anyMatch(line -> line.startsWith("HEALTHCHECK "))
        .anyMatch(line -> line.contains("useradd") && line.contains("nologin"));
  }

  @Test
  void its_health_check_tells_a_proxy_that_answers_from_none() throws IOException {
    String check = TOP.resolve("config/image-health").toString();
    ProxyUnderTest proxy = ProxyUnderTest.transactionMode(1).start();
    Map<String, String> port = Map.of("PGLYNX_GENERAL_PORT", String.valueOf(proxy.port()));
    try {
      assertThat(run(port, check).code()).isZero();
    } finally {
      proxy.stop();
    }
    assertThat(run(port, check).code()).isNotZero();
  }

  // ---- Kubernetes ------------------------------------------------------------------------------

  private static List<Path> templates() throws IOException {
    try (Stream<Path> files = Files.list(CHART.resolve("templates"))) {
      return files.sorted().toList();
    }
  }

  /** The paths of the values: {@code image.repository}. */
  private static Set<String> values() throws IOException {
    Set<String> paths = new TreeSet<>();
    Deque<String> above = new ArrayDeque<>();
    for (String line : Files.readAllLines(CHART.resolve("values.yaml"))) {
      Matcher key = Pattern.compile("^( *)([A-Za-z]+):.*").matcher(line);
      if (key.matches()) {
        while (above.size() > key.group(1).length() / 2) {
          above.removeLast();
        }
        above.addLast(key.group(2));
        paths.add(String.join(".", above));
      }
      if (line.equals("config: |")) {
        break;
      }
    }
    return paths;
  }

  @Test
  void the_chart_names_values_and_parts_that_there_are() throws IOException {
    Set<String> defined = new TreeSet<>();
    List<String> asked = new ArrayList<>();
    List<String> included = new ArrayList<>();
    for (Path template : templates()) {
      String text = Files.readString(template);
      int open = 0;
      for (Matcher each = Pattern.compile("\\{\\{-? *(.*?) *-?\\}\\}").matcher(text);
          each.find(); ) {
        String action = each.group(1);
        if (action.matches("(if|with|range|define) .*")) {
          open++;
        } else if (action.equals("end")) {
          open--;
        }
        Pattern.compile("\\.Values\\.([A-Za-z.]+)")
            .matcher(action)
            .results()
            .forEach(found -> asked.add(found.group(1)));
        Pattern.compile("include \"([^\"]+)\"")
            .matcher(action)
            .results()
            .forEach(found -> included.add(found.group(1)));
        Pattern.compile("define \"([^\"]+)\"")
            .matcher(action)
            .results()
            .forEach(found -> defined.add(found.group(1)));
      }
      assertThat(open).as("blocks that are open at the end of " + template).isZero();
      assertThat(text.replaceAll("\\{\\{.*?\\}\\}", "")).doesNotContain("{{", "}}", "\t");
    }
    assertThat(asked).hasSizeGreaterThan(10);
    assertThat(values()).containsAll(asked);
    assertThat(defined).containsAll(included);
  }

  @Test
  void helm_finds_no_fault_with_it() throws IOException {
    String helm = program("helm");
    assumeTrue(!helm.isEmpty(), "helm is not installed");

    Said lint = run(Map.of(), helm, "lint", "--strict", CHART.toString());
    Said rendered = run(Map.of(), helm, "template", "pooler", CHART.toString());

    assertThat(lint.code()).as(lint.text()).isZero();
    assertThat(rendered.code()).as(rendered.text()).isZero();
    assertThat(rendered.text())
        .contains("kind: Deployment", "kind: Service", "kind: Secret", "kind: PodDisruptionBudget")
        .contains("path: /readyz", "runAsNonRoot: true");
  }

  // ---- Prometheus ------------------------------------------------------------------------------

  private static Set<String> names(Path file, String pattern) throws IOException {
    Set<String> names = new TreeSet<>();
    Pattern.compile(pattern)
        .matcher(Files.readString(file))
        .results()
        .forEach(found -> names.add(found.group(1)));
    return names;
  }

  @Test
  void every_alarm_is_explained_and_no_other() throws IOException {
    Set<String> alarms = names(RULES, "alert: (\\w+)");

    assertThat(alarms).hasSizeGreaterThan(8);
    assertThat(names(TOP.resolve("docs/operations.md"), "\\| `(Pglynx\\w+)` \\|"))
        .isEqualTo(alarms);
  }

  @Test
  void alarms_look_at_metrics_that_there_are() throws IOException {
    String sources = RunbookTest.sources();
    Set<String> metrics = names(RULES, "\\b((?:pglynx|pgcat|process)_[a-z_]+)");

    assertThat(metrics)
        .allSatisfy(metric ->
            assertThat(sources)
                .contains(
                    '"'
                        + metric.replaceFirst("^pgcat_|_bucket$", "").replaceFirst("_bucket$", "")
                        + '"'));
  }

  @Test
  void prometheus_takes_the_rules() throws IOException {
    String promtool = program("promtool");
    assumeTrue(!promtool.isEmpty(), "Debian's package prometheus");

    Said said = run(Map.of(), promtool, "check", "rules", RULES.toString());

    assertThat(said.code()).as(said.text()).isZero();
  }
}
