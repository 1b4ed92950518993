package org.pglynx.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Unit: {@code ./pglynx} and the AOT cache, with a JDK that only tells how it was called. The last
 * test asks the real one.
 */
class LauncherTest {
  /** Makes what it is told to make, unless it is to fail; else prints its arguments. */
  private static final String FAKE_JAVA =
      """
      #!/bin/sh
      for argument in "$@"; do
        case $argument in
          -XX:AOTMode=*) mode=${argument#*=} ;;
          -XX:AOTConfiguration=*) configuration=${argument#*=} ;;
          -XX:AOTCache=*) cache=${argument#*=} ;;
        esac
      done
      case ${mode:-run} in
        record)
          echo rehearsed >>"$FAKE_JAVA_LOG"
          [ ! -e "$FAKE_JAVA_LOG.fails" ] || { echo "no JVM for this"; exit 1; }
          echo "$JAVA_TOOL_OPTIONS" >"$configuration"
          ;;
        create) cp "$configuration" "$cache" ;;
        run) printf '%s\\n' "$@" ;;
      esac
      """;

  @TempDir private Path directory = Path.of("");
  private Path checkout = directory;
  private Path java = directory;
  private Path log = directory;

  private record Start(List<String> arguments, String error) {
    boolean usesCache() {
      return arguments.stream().anyMatch(argument -> argument.startsWith("-XX:AOTCache="));
    }
  }

  @BeforeEach
  void lay_out_a_built_checkout() throws IOException {
    checkout = Files.createDirectory(directory.resolve("check out"));
    java = directory.resolve("jdk");
    log = directory.resolve("log");
    for (String file : new String[] {"pglynx", "config/jvm.options", "config/aot-cache.sh"}) {
      Path copy = checkout.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(Path.of("..").resolve(file), copy);
    }
    write("proxy/target/pglynx.jar", "the jar");
    write("demo/target/pglynx-demo.jar", "the demo's jar");
    Files.createDirectories(java.resolve("bin"));
    for (String program : new String[] {"java", "javac"}) {
      Path script = Files.writeString(java.resolve("bin").resolve(program), FAKE_JAVA);
      assertThat(script.toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    assertThat(checkout.resolve("pglynx").toFile().setExecutable(true)).isTrue();
  }

  private void write(String file, String content) throws IOException {
    Path path = checkout.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private Start start(String... arguments) throws Exception {
    return start(Map.of(), arguments);
  }

  private Start start(Map<String, String> environment, String... arguments) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(Stream.of(checkout.resolve("pglynx").toString()), Stream.of(arguments))
                .toList());
    Path error = directory.resolve("error");
    builder.redirectError(error.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PGLYNX_"));
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().put("JAVA_HOME", java.toString());
    builder.environment().put("FAKE_JAVA_LOG", log.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    List<String> printed = text(process.getInputStream()).lines().toList();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return new Start(printed, Files.readString(error));
  }

  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }

  private int rehearsals() throws IOException {
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  @Test
  void a_first_run_makes_the_cache_and_uses_it() throws Exception {
    Start first = start("run", "pglynx.toml");
    Start second = start("run", "pglynx.toml");

    assertThat(first.usesCache()).isTrue();
    assertThat(first.error()).contains("Preparing faster starts");
    assertThat(second.arguments())
        .containsSequence(
            "@" + checkout.toRealPath().resolve("config/jvm.options"),
            "-XX:AOTCache=" + checkout.toRealPath().resolve("proxy/target/pglynx.aot"),
            "-cp",
            checkout.toRealPath().resolve("proxy/target/pglynx.jar").toString(),
            "org.pglynx.proxy.app.Main",
            "run",
            "pglynx.toml");
    assertThat(second.error()).isEmpty();
    assertThat(rehearsals()).isEqualTo(1);
    assertThat(checkout.resolve("proxy/target").toFile().list())
        .containsExactlyInAnyOrder("pglynx.jar", "pglynx.aot", "pglynx.aot.key");
  }

  @Test
  void another_jar_gets_a_new_cache() throws Exception {
    start("run", "pglynx.toml");
    write("proxy/target/pglynx.jar", "The jar");

    assertThat(start("check", "pglynx.toml").usesCache()).isFalse();
    assertThat(start("run", "pglynx.toml").usesCache()).isTrue();
    assertThat(rehearsals()).isEqualTo(2);
  }

  @Test
  void other_flags_get_a_new_cache() throws Exception {
    start("run", "pglynx.toml");
    write("config/jvm.options", "-XX:+UseG1GC\n");

    assertThat(start("run", "pglynx.toml").usesCache()).isTrue();
    assertThat(rehearsals()).isEqualTo(2);
  }

  @Test
  void another_build_of_the_jdk_gets_a_new_cache() throws Exception {
    start("run", "pglynx.toml");
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"25.0.4\"\n");

    assertThat(start("run", "pglynx.toml").usesCache()).isTrue();
    assertThat(rehearsals()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pglynx.aot", "pglynx.aot.key"})
  void a_cache_that_is_gone_is_made_again(String lost) throws Exception {
    start("run", "pglynx.toml");
    Files.delete(checkout.resolve("proxy/target").resolve(lost));

    assertThat(start("run", "pglynx.toml").usesCache()).isTrue();
    assertThat(rehearsals()).isEqualTo(2);
  }

  @Test
  void where_none_can_be_made_the_start_goes_on_and_does_not_try_again() throws Exception {
    Files.createFile(directory.resolve("log.fails"));

    Start first = start("run", "pglynx.toml");
    Start second = start("run", "pglynx.toml");

    assertThat(first.arguments()).contains("org.pglynx.proxy.app.Main").endsWith("pglynx.toml");
    assertThat(first.usesCache()).isFalse();
    assertThat(first.error()).contains("no AOT cache could be made").contains("pglynx.aot.log");
    assertThat(checkout.resolve("proxy/target/pglynx.aot.log")).hasContent("no JVM for this");
    assertThat(second.usesCache()).isFalse();
    assertThat(second.error()).isEmpty();
    assertThat(rehearsals()).isEqualTo(1);
  }

  @Test
  void a_short_command_uses_the_cache_and_makes_none() throws Exception {
    assertThat(start("check", "pglynx.toml").usesCache()).isFalse();
    assertThat(rehearsals()).isZero();
    start("run", "pglynx.toml");

    assertThat(start("check", "pglynx.toml").usesCache()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pgbouncer.ini", "/etc/pgcat.toml"})
  void a_file_alone_is_run(String file) throws Exception {
    Start start = start(file);

    assertThat(start.usesCache()).isTrue();
    assertThat(start.arguments()).endsWith("org.pglynx.proxy.app.Main", "run", file);
    assertThat(start.arguments()).noneMatch(argument -> argument.contains("pglynx-demo.jar"));
  }

  @Test
  void the_demo_has_its_jars_behind_the_products() throws Exception {
    Path target = checkout.toRealPath().resolve("demo/target");

    Start demo = start("demo");

    assertThat(demo.usesCache()).isTrue();
    assertThat(demo.arguments())
        .contains(
            checkout.toRealPath().resolve("proxy/target/pglynx.jar")
                + ":"
                + target.resolve("pglynx-demo.jar")
                + ":"
                + target.resolve("lib/*"));
  }

  @Test
  void flags_of_the_environment_come_alone() throws Exception {
    start("run", "pglynx.toml");

    Start own = start(Map.of("PGLYNX_JAVA_OPTS", "-XX:+UseZGC -Xmx2g"), "run", "pglynx.toml");

    assertThat(own.arguments()).startsWith("-XX:+UseZGC", "-Xmx2g", "-cp");
  }

  @Test
  void it_can_be_turned_off() throws Exception {
    Start plain = start(Map.of("PGLYNX_CACHE", "off"), "run", "pglynx.toml");

    assertThat(plain.usesCache()).isFalse();
    assertThat(rehearsals()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xshare:off", "-Xmx1g -XX:SharedArchiveFile=x", "-XX:AOTCache=own"})
  void flags_that_forbid_a_cache_are_heeded(String options) throws Exception {
    start("run", "pglynx.toml");

    assertThat(start(Map.of("JAVA_TOOL_OPTIONS", options), "run", "x").usesCache()).isFalse();
    assertThat(start(Map.of("JDK_JAVA_OPTIONS", options), "run", "x").usesCache()).isFalse();
  }

  @Test
  void other_flags_of_the_environment_are_not_those_of_the_rehearsal() throws Exception {
    start(Map.of("JAVA_TOOL_OPTIONS", "-javaagent:a.jar"), "run", "pglynx.toml");

    assertThat(Files.readString(checkout.resolve("proxy/target/pglynx.aot"))).isBlank();
  }

  @Test
  void the_jvm_starts_with_a_broken_cache_and_says_so_on_standard_error() throws Exception {
    Path broken = Files.writeString(directory.resolve("broken"), "not a cache");
    Path options = Path.of("..", "config", "jvm.options");

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + options,
                "-XX:AOTCache=" + broken,
                "--version")
            .start();

    assertThat(text(process.getInputStream())).startsWith("openjdk 25");
    assertThat(text(process.getErrorStream())).contains("AOT cache");
    assertThat(process.waitFor()).isZero();
  }
}
