package org.pglynx.proxy.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * pgbench twice, with one protocol: clients that write and check that they read what they wrote,
 * and clients that only read. A client ends with its first error (pgbench repeats nothing), so each
 * has one at most; its log tells what was acknowledged, and when.
 */
final class PgbenchLoad {
  private static final Pattern ABORTED = Pattern.compile("client \\d+ .*aborted in command.*");
  private static final int CLIENTS = 8;
  private static final int CHECK = 1;

  private static final String WRITE =
      """
      \\set me :base + :client_id
      \\set k :k + 1
      INSERT INTO writes VALUES (:me, :k)
      """;

  private static final String CHECKED =
      """
      \\set me :base + :client_id
      \\set n :n + 1
      UPDATE counters SET v = :n WHERE c = :me
      \\set nap random(0, 400)
      \\sleep :nap ms
      SELECT v AS seen FROM counters WHERE c = :me \\gset
      \\if :seen <> :n
      SELECT CAST('stale read' AS int)
      \\endif
      """;

  private static final String READ =
      """
      \\set any random(:base, :base + 7)
      SELECT v FROM counters WHERE c = :any
      """;

  private final FailureFindings findings;
  private final Path directory;
  private final int base;
  private final List<Process> processes = new ArrayList<>();

  private PgbenchLoad(String protocol, Path directory, int base) {
    this.findings = new FailureFindings("pgbench -M " + protocol);
    this.directory = directory;
    this.base = base;
  }

  /** How many write and check, and how many read. */
  static int clients() {
    return CLIENTS;
  }

  /**
   * Starts it.
   *
   * @param base the number of its first client; all have their own row in counters
   */
  static PgbenchLoad start(
      String host, int port, String database, String protocol, int base, int seconds) {
    try {
      PgbenchLoad load = new PgbenchLoad(protocol, Files.createTempDirectory("pgbench"), base);
      load.run("changes", host, port, database, protocol, seconds, "write@3", "check@1");
      load.run("reads", host, port, database, protocol, seconds, "read@1");
      return load;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(
      String name,
      String host,
      int port,
      String database,
      String protocol,
      int seconds,
      String... scripts)
      throws IOException {
    Files.writeString(directory.resolve("write"), WRITE);
    Files.writeString(directory.resolve("check"), CHECKED);
    Files.writeString(directory.resolve("read"), READ);
    List<String> command =
        new ArrayList<>(
            List.of(
                "pgbench", "-n", "-h", host, "-p", "" + port, "-U", "postgres", "-M", protocol));
    command.addAll(List.of("-c", "" + CLIENTS, "-T", "" + seconds, "-R", "80"));
    command.addAll(List.of("-D", "n=0", "-D", "k=0", "-D", "base=" + base));
    command.addAll(List.of("-l", "--log-prefix=" + name));
    for (String script : scripts) {
      command.addAll(List.of("-f", script));
    }
    command.add(database);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".out").toFile());
    builder.environment().put("PGSSLMODE", "disable");
    processes.add(builder.start());
  }

  /** Waits for their end. */
  FailureFindings findings() {
    try {
      for (Process process : processes) {
        if (!process.waitFor(90, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          findings.failed("pgbench does not end");
        }
      }
      collect();
      return findings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void collect() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".out")) {
          output(Files.readString(file));
        } else if (name.startsWith("changes.")) {
          changes(Files.readAllLines(file));
        } else if (name.startsWith("reads.")) {
          Files.readAllLines(file).forEach(line -> findings.read(moment(line.split(" "))));
        }
      }
    }
  }

  private void output(String text) {
    Matcher aborted = ABORTED.matcher(text);
    boolean any = false;
    while (aborted.find()) {
      any = true;
      findings.failed(aborted.group());
    }
    if (!any && !text.contains("number of transactions actually processed")) {
      findings.failed(text);
    }
  }

  /** A client's writes are numbered from 1, as pgbench's variable is. */
  private void changes(List<String> log) {
    Map<Integer, Integer> done = new HashMap<>();
    for (String line : log) {
      String[] fields = line.split(" ");
      findings.wrote(moment(fields));
      if (Integer.parseInt(fields[3]) == CHECK) {
        findings.checked();
      } else {
        done.merge(Integer.valueOf(fields[0]), 1, Integer::sum);
      }
    }
    done.forEach((client, count) -> {
      for (int number = 1; number <= count; number++) {
        findings.acknowledged(base + client, number);
      }
    });
  }

  private static long moment(String[] fields) {
    return Long.parseLong(fields[4]) * 1_000_000 + Long.parseLong(fields[5]);
  }
}
