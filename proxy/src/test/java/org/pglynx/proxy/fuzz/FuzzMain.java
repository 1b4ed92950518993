package org.pglynx.proxy.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Searches for inputs that break a target: each target in a process of its own under Jazzer, which
 * is guided by the code that an input reaches, for its share of the time. What has reached
 * something new is kept in {@code target/fuzz} and the search goes on from there next time; an
 * input that breaks a target is named {@code crash-…} and belongs into {@code
 * src/test/resources/fuzz} with the fix. With 0 minutes nothing is searched: what has been reached
 * is reduced to what reaches as much, and kept as {@code <target>.hex} there. Run by the Maven
 * profile {@code fuzz}.
 */
final class FuzzMain {
  private static final int KEEP_SECONDS = 900;
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
      broken += (minutes == 0 ? main.keep(target) : main.search(target)) ? 0 : 1;
    }
    System.exit(broken);
  }

  /** Whether nothing was found. */
  private boolean search(Target target) throws IOException, InterruptedException {
    Path reached = Files.createDirectories(results.resolve(target.name()));
    Corpus.unpack(target, reached);
    List<String> inputs = new ArrayList<>(List.of(reached.toString()));
    if (Files.isDirectory(Corpus.directory(target))) {
      inputs.add(Corpus.directory(target).toString());
    }
    Path log = results.resolve(target.name() + ".log");
    boolean clean =
        jazzer(
            target,
            log,
            secondsEach + 120,
            List.of("-max_total_time=" + secondsEach, "-print_final_stats=1"),
            inputs);
    System.out.println(
        target + ": " + (clean ? "nothing found" : "FOUND, see " + log) + executed(log));
    return clean;
  }

  /** The fewest inputs that reach what all together have reached, however often in each. */
  private boolean keep(Target target) throws IOException, InterruptedException {
    Path reached = Files.createDirectories(results.resolve(target.name()));
    Corpus.unpack(target, reached);
    Path fewest = Files.createTempDirectory(results, target.name() + "-fewest");
    Path log = results.resolve(target.name() + "-keep.log");
    boolean done =
        jazzer(
            target,
            log,
            KEEP_SECONDS,
            List.of("-set_cover_merge=1"),
            List.of(fewest.toString(), reached.toString()));
    System.out.println(
        target
            + ": "
            + (done ? Corpus.keep(target, fewest) + " inputs kept" : "failed, see " + log));
    return done;
  }

  private boolean jazzer(
      Target target, Path log, long seconds, List<String> options, List<String> inputs)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher(target).toString()));
    command.add("-timeout=10");
    command.add("-max_len=1024");
    command.add("-artifact_prefix=" + results.resolve(target.name() + "-"));
    command.addAll(options);
    command.addAll(inputs);
    ProcessBuilder builder = new ProcessBuilder(command).directory(results.toFile());
    builder.environment().merge("PATH", results.toString(), (path, own) -> own + ':' + path);
    Process search = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!search.waitFor(seconds, TimeUnit.SECONDS)) {
      search.destroyForcibly().waitFor();
    }
    return search.exitValue() == 0;
  }

  /** To reduce inputs libFuzzer starts itself again, by the name that Jazzer gives it. */
  private Path launcher(Target target) throws IOException {
    List<String> words = new ArrayList<>(java());
    words.add(JAZZER);
    words.add("--target_class=" + target.type().getName());
    words.add("--instrumentation_includes=org.pglynx.**");
    // Netty and the logging do nothing that Jazzer's sanitizers look for.
    words.add("--custom_hook_excludes=**");
    // Whoever writes the rules may write expressions.
    words.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.RegexInjection");
    Path launcher = results.resolve("jazzer");
    Files.writeString(launcher, "#!/bin/sh\nexec '" + String.join("' '", words) + "' \"$@\"\n");
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    return launcher;
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
