package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into a new table: in parts, which go on to the server as they come, in one
 * transaction with the table.
 *
 * <pre>
 *   OPEN ──finish──▶ DONE
 *     └──a fault, abort, no part for a minute──▶ FAILED (no table is left)
 * </pre>
 */
final class Upload {
  /** A table that takes more is loaded with psql. */
  static final long MOST_BYTES = 256L << 20;

  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final Pattern LINE = Pattern.compile("COPY [^\\n]*?, line (\\d+)");

  private final int number;
  private final SqlClient client;
  private final CopyIn copy;
  private final LongSupplier clock;
  private long bytes;
  private int parts;
  private volatile boolean open = true;
  private long usedNanos;

  private Upload(int number, SqlClient client, CopyIn copy, LongSupplier clock) {
    this.number = number;
    this.client = client;
    this.copy = copy;
    this.clock = clock;
    this.usedNanos = clock.getAsLong();
  }

  /**
   * Creates the table, and waits for rows.
   *
   * @param clock nanoseconds
   */
  static Upload begin(int number, Call call, UploadPlan plan, LongSupplier clock)
      throws FaultException, IOException {
    SqlClient client = call.stay();
    boolean begun = false;
    try {
      client.say("BEGIN");
      client.say(plan.creation());
      Upload upload = new Upload(number, client, client.copy(plan.copying()), clock);
      begun = true;
      return upload;
    } finally {
      if (!begun) {
        client.close();
      }
    }
  }

  int number() {
    return number;
  }

  /** Never waits: whoever sends a part may wait for the server. */
  boolean open() {
    return open;
  }

  /**
   * Takes the next part.
   *
   * @param part counts them from 0: one that is sent again is known
   */
  synchronized ObjectNode add(long part, String text) throws FaultException, IOException {
    requireOpen();
    if (part == parts - 1L) {
      return json();
    }
    if (part != parts) {
      throw Fault.of("22023", "part " + parts + " is awaited, not " + part).toException();
    }
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    if (bytes + data.length > MOST_BYTES) {
      close();
      throw tooLarge();
    }
    attempt(() -> {
      copy.send(data);
      return 0;
    });
    parts++;
    bytes += data.length;
    usedNanos = clock.getAsLong();
    return json();
  }

  static FaultException tooLarge() {
    return Fault.of("54000", "the file has more than " + (MOST_BYTES >> 20) + " MB")
        .withHint("Load it with psql: \\copy … FROM 'file.csv' (FORMAT csv, HEADER).")
        .toException();
  }

  /** All parts have come: the table is there with its rows. */
  synchronized ObjectNode finish() throws FaultException, IOException {
    requireOpen();
    long rows = attempt(copy::end);
    attempt(() -> client.say("COMMIT"));
    close();
    return json().put("rows", rows);
  }

  private void requireOpen() throws FaultException {
    if (!open) {
      throw Fault.of("55000", "this upload has ended").withHint("Begin it again.").toException();
    }
  }

  @FunctionalInterface
  private interface Step<T> {
    T run() throws FaultException, IOException;
  }

  /** What fails ends the upload. */
  private <T> T attempt(Step<T> step) throws FaultException, IOException {
    boolean done = false;
    try {
      T result = step.run();
      done = true;
      return result;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  /** Ends it without a table, unless it is done. */
  synchronized void abort() {
    if (open) {
      try {
        copy.fail();
      } catch (IOException _) {
        // The session is lost, and with it the transaction.
      }
      close();
    }
  }

  /** Ends it if nothing has come for a while. */
  synchronized void abortIfIdle() {
    if (clock.getAsLong() - usedNanos > PATIENCE_NANOS) {
      abort();
    }
  }

  /** The session ends, and takes back what has not been committed. */
  private void close() {
    open = false;
    try {
      client.close();
    } catch (IOException _) {
      // It is gone already.
    }
  }

  private ObjectNode json() {
    return Json.object().put("id", number).put("parts", parts).put("bytes", bytes);
  }

  /** The line of the file that a fault is about, or null. */
  static @Nullable Long line(Fault fault) {
    Matcher found = LINE.matcher(fault.where() == null ? "" : fault.where());
    return found.find() ? Long.valueOf(found.group(1)) : null;
  }
}
