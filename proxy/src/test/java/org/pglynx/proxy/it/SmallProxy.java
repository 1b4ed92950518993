package org.pglynx.proxy.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A proxy in a process of its own with 64 MB of heap and 64 MB of direct memory, and no more. */
final class SmallProxy implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("listens on [0-9.]+:(\\d+)");

  private final Process process;
  private final Path directory;
  private final int port;

  private SmallProxy(Process process, Path directory, int port) {
    this.process = process;
    this.directory = directory;
    this.port = port;
  }

  /** Starts it before a database, with so many connections to it. */
  static SmallProxy start(int serverPort, String database, int poolSize) {
    return start(toml(serverPort, database, poolSize));
  }

  /** Starts it with a configuration, and more options of the Java runtime. */
  static SmallProxy start(String toml, String... options) {
    return startBy(List.of(), toml, options);
  }

  /** The same, by a program that is given the command. */
  static SmallProxy startBy(List<String> starter, String toml, String... options) {
    try {
      Path directory = Files.createTempDirectory("small-proxy");
      Path config = Files.writeString(directory.resolve("proxy.toml"), toml);
      Path log = directory.resolve("proxy.log");
      List<String> command = new ArrayList<>(starter);
      command.addAll(command(config, options));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return new SmallProxy(process, directory, port(process, log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(Path config, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-Xmx64m",
            "-XX:MaxDirectMemorySize=64m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "org.pglynx.proxy.app.Main",
            "run",
            config.toString()));
    return command;
  }

  static String toml(int serverPort, String database, int poolSize) {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    worker_threads = 2
    [pools.app]
    pool_mode = "transaction"
    [pools.app.shards.0]
    database = "%s"
    servers = [["127.0.0.1", %d, "primary"]]
    [pools.app.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = %d
    """
        .formatted(database, serverPort, poolSize);
  }

  private static int port(Process process, Path log) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (process.isAlive() && System.nanoTime() < deadline) {
      Matcher told = PORT.matcher(Files.readString(log));
      if (told.find()) {
        return Integer.parseInt(told.group(1));
      }
      Eventually.pause(50);
    }
    process.destroyForcibly();
    throw new AssertionError("the proxy does not start: " + Files.readString(log));
  }

  int port() {
    return port;
  }

  /** Sends it SIGTERM. */
  void terminate() {
    process.destroy();
  }

  long pid() {
    return process.pid();
  }

  /** Sends it another signal: USR1, for example. */
  void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
      if (kill.waitFor() != 0) {
        throw new AssertionError("the proxy is gone: " + log());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How it ends, which it is about to do. */
  int exitCode() {
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the proxy does not stop: " + log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  RawConnection raw() {
    return RawConnection.login(port, "app", "postgres");
  }

  /** What it has written; an OutOfMemoryError would be in it. */
  String log() {
    try {
      return Files.readString(directory.resolve("proxy.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The most memory that the process has had, in megabytes, as Linux counts it. */
  long peakMegabytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", "" + process.pid(), "status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Files.delete(directory.resolve("proxy.toml"));
      Files.delete(directory.resolve("proxy.log"));
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
