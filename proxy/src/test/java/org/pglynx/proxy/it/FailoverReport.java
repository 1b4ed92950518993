package org.pglynx.proxy.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What came of each failure, as docs/failover.md tells it. */
final class FailoverReport {
  private static final String FILE = System.getProperty("failover.report", "");

  private final List<String> rows = new ArrayList<>();
  private final List<String> shares = new ArrayList<>();
  private String before = "";

  /**
   * One load during one failure.
   *
   * @param since when it happened
   * @param missing acknowledged writes that the primary has not got afterwards
   */
  void row(
      String failure,
      boolean synchronous,
      FailureFindings found,
      long since,
      int missing,
      String remark) {
    boolean first = !failure.equals(before);
    before = failure;
    rows.add(
        line(
            first ? failure + (synchronous ? "" : " (asynchronous)") : "",
            found.load(),
            found.errors(),
            String.valueOf(found.readGapMillis(since)),
            String.valueOf(found.writeGapMillis(since)),
            found.acknowledged() + " / " + missing,
            found.checks() + " / " + found.stale(),
            first ? remark : ""));
  }

  /** How much of the reads a replica had. */
  void share(String mode, int promised, double measured) {
    shares.add(line(mode, promised + " %", String.format(Locale.ROOT, "%.1f %%", measured)));
  }

  private static String line(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  void write() {
    String text =
        """
        # What clients see when a server fails

        Written by `bench/failover` (root, iproute2, pgbench; seven minutes), on one machine that runs a primary and two streaming
        standbys (PostgreSQL 18), the proxy in a network namespace of its own with a line to each server, and the clients. All
        servers have the role `auto`, the pool splits reads from writes with `read_your_writes`, `probe_interval = 200`,
        `healthcheck_timeout = 500`, `pool_size = 10`. Each failure happens under four loads at the same time: pgbench in three
        protocols, each with 8 clients that write (each row with a number of its own) or update a counter and read it back up to
        400 ms later, and 8 that read; and an application with HikariCP and prepared statements, 4 threads for each of the three.
        Nothing is repeated: a client of pgbench ends with its first error. The proxy is started anew for each failure.

        - **errors**: what the statements in flight on the failed server were told; no other failed (but for *refused*), and no more
          failed than there were connections to it. *lost*: the connection was lost before the answer; *given up*: the server was silent for five
          probes; *deposed*: another is the primary now; *terminated*: the server said so itself; *refused*: no server was left.
        - **reads, writes**: the longest time without any success of the load, in ms. A load does something every 12 ms or so, and
          this machine has two cores.
        - **acknowledged / missing**: writes that clients were told of, and how many of them the primary has not got afterwards.
          Replication is synchronous (`ANY 1`; `ANY 2` where the primary runs on, and with the host name) unless the row says
          otherwise: then PostgreSQL promises nothing.
        - **checks / stale**: sessions that read what they wrote, and how many found less: none, but where a write may be lost as
          replication is asynchronous and another server becomes the primary.

        | what happens | load | errors | reads | writes | acknowledged / missing | checks / stale | and |
        |---|---|---|---|---|---|---|---|
        """
            + String.join("\n", rows)
            + """


            Reads of the replicas, as `SHOW REPLICATION` counts them, of two replicas one:

            | `load_balancing_mode` | promised | measured |
            |---|---|---|
            """
            + String.join("\n", shares)
            + "\n";
    try {
      Files.writeString(Path.of(FILE), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
