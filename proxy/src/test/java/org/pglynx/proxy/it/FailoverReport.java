package org.pglynx.proxy.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What came of each failure; written to a file if -Dfailover.report names one. */
final class FailoverReport {
  private static final String FILE = System.getProperty("failover.report", "");

  private final List<String> rows = new ArrayList<>();

  /** Whether the whole table is asked for. */
  static boolean wanted() {
    return !FILE.isEmpty();
  }

  /**
   * One failure.
   *
   * @param clients how many used the server, or might have
   * @param load what they were told since
   * @param remark what else is to be said
   */
  void row(String failure, int clients, FailoverLoad load, String remark) {
    rows.add(
        "| "
            + String.join(
                " | ",
                failure,
                String.valueOf(clients),
                String.valueOf(load.errors().size()),
                String.valueOf(load.lostConnections()),
                String.valueOf(load.longestGapMillis()),
                String.valueOf(load.slowestMillis()),
                remark)
            + " |");
  }

  void write() {
    if (!wanted()) {
      return;
    }
    String text =
        """
        # What clients see when a server fails

        Written by `mvn -Pfailover -pl ml-engine,proxy test -Dtest=FailoverIT \\
        -Dsurefire.failIfNoSpecifiedTests=false`, on one machine that runs the servers (a primary and two streaming
        standbys, PostgreSQL 18), the proxy and the clients: `probe_interval = 200`, `healthcheck_timeout = 500`, pools in
        transaction mode, all servers with the role `auto`. Each client sends one statement after the other without
        repeating any. An error is a statement that was in flight on the server that failed; its session lives on. A gap is
        the longest time in which no client had success, the slowest statement is the longest that one waited for success.

        | what happens | clients | errors | lost sessions | gap ms | slowest ms | and |
        |---|---|---|---|---|---|---|
        """
            + String.join("\n", rows)
            + "\n";
    try {
      Files.writeString(Path.of(FILE), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
