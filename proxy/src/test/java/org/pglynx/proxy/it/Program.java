package org.pglynx.proxy.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A client program of this machine; a test that needs one that is absent is skipped, visibly. */
final class Program {
  /** How a run has ended. */
  record Outcome(int exit, String output) {}

  private static final long LIMIT_SECONDS = 60;

  private final Path file;

  private Program(Path file) {
    this.file = file;
  }

  /** The program of that name; where it is missing, the calling test is skipped. */
  static Program require(String name) {
    Path found =
        directories()
            .map(directory -> directory.resolve(name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    assumeTrue(found != null, name + " is not installed here");
    return new Program(found == null ? Path.of(name) : found);
  }

  /** PATH, and where Debian keeps the server's programs. */
  private static Stream<Path> directories() {
    List<Path> all = new ArrayList<>();
    for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      all.add(Path.of(directory));
    }
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions.map(version -> version.resolve("bin")).forEach(all::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all.stream();
  }

  /** Runs it to its end; its error output is part of the output. */
  Outcome run(Map<String, String> environment, List<String> arguments) {
    return run(environment, Path.of("."), "", arguments);
  }

  Outcome run(
      Map<String, String> environment, Path directory, String input, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(file.toString());
    command.addAll(arguments);
    try {
      Path output = Files.createTempFile("program", ".out");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      String text = Files.readString(output);
      Files.delete(output);
      return new Outcome(ended ? process.exitValue() : -1, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
