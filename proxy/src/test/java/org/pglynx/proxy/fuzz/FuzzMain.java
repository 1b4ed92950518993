package org.pglynx.proxy.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Searches for inputs that break a target: each target in a process of its own under Jazzer, which
 * is guided by the code that an input reaches, for its share of the time. What has reached
 * something new is kept in {@code target/fuzz} and the search goes on from there next time; an
 * input that breaks a target is named {@code crash-…} and belongs into {@code
 * src/test/resources/fuzz} with the fix. Run by the Maven profile {@code fuzz}.
 */
final class FuzzMain {
  private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";

  private final Path results;
  private final long secondsEach;

  private FuzzMain(Path results, long secondsEach) {
    this.results = results;
    this.secondsEach = secondsEach;
  }

  /**
   * Runs.
   *
   * @param arguments minutes for all, the directory for the results, the targets' names with
   *     commas, or all
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<Target> targets =
        arguments[2].equals("all")
            ? Target.all()
            : Stream.of(arguments[2].split(",")).map(Target::named).toList();
    double minutes = Double.parseDouble(arguments[0]);
    long secondsEach = Math.max(5, Math.round(minutes * 60 / targets.size()));
    FuzzMain main = new FuzzMain(Path.of(arguments[1]), secondsEach);
    int broken = 0;
    for (Target target : targets) {
      broken += main.search(target) ? 0 : 1;
    }
    System.exit(broken);
  }

  /** Whether nothing was found. */
  private boolean search(Target target) throws IOException, InterruptedException {
    Path reached = Files.createDirectories(results.resolve(target.name()));
    Path log = results.resolve(target.name() + ".log");
    List<String> command = new ArrayList<>(java());
    command.add(JAZZER);
    command.add("--target_class=" + target.type().getName());
    command.add("--instrumentation_includes=org.pglynx.**");
    // Netty and the logging do nothing that Jazzer's sanitizers look for.
    command.add("--custom_hook_excludes=**");
    command.add("-max_total_time=" + secondsEach);
    command.add("-timeout=10");
    command.add("-max_len=1024");
    command.add("-print_final_stats=1");
    command.add("-artifact_prefix=" + results.resolve(target.name() + "-"));
    command.add(reached.toString());
    command.add(Corpus.directory(target).toString());
    Process search =
        new ProcessBuilder(command)
            .directory(results.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!search.waitFor(secondsEach + 120, TimeUnit.SECONDS)) {
      search.destroyForcibly().waitFor();
    }
    boolean clean = search.exitValue() == 0;
    System.out.println(
        target + ": " + (clean ? "nothing found" : "FOUND, see " + log) + executed(log));
    return clean;
  }

  private static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx900m",
        "-XX:-OmitStackTraceInFastThrow",
        "-XX:+EnableDynamicAgentLoading",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dio.netty.leakDetection.level=disabled",
        "-Dbasedir=" + System.getProperty("basedir", "."),
        "-cp",
        System.getProperty("java.class.path"));
  }

  private static String executed(Path log) throws IOException {
    String found = "";
    for (String line : Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      if (line.contains("number_of_executed_units")) {
        found = " (" + line.replaceAll("\\D+", "") + " inputs)";
      }
    }
    return found;
  }
}
