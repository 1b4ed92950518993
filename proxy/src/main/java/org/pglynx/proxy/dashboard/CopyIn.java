package org.pglynx.proxy.dashboard;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way into a table.
 *
 * <pre>
 *   COPYING ──end──▶ (the session answers again)
 *      └──the server finds a fault, or fail──▶ (the same, and nothing has been copied)
 * </pre>
 */
final class CopyIn {
  private final Frames frames;

  private CopyIn(Frames frames) {
    this.frames = frames;
  }

  /** The copy that has been asked for, once the server waits for rows. */
  static CopyIn begun(Frames frames) throws IOException, FaultException {
    Fault failure = null;
    for (Frames.Frame frame = frames.next(); frame.tag() != 'Z'; frame = frames.next()) {
      if (frame.tag() == 'G') {
        return new CopyIn(frames);
      }
      if (frame.tag() == 'E') {
        failure = SqlClient.fault(frame);
      }
    }
    throw (failure == null ? Fault.of("0A000", "this copies nothing into a table") : failure)
        .toException();
  }

  /**
   * Sends some bytes, wherever they begin and end.
   *
   * @throws FaultException what the server has found so far; the copy is over then
   */
  void send(byte[] bytes) throws IOException, FaultException {
    frames.add('d', body -> body.write(bytes)).send();
    while (frames.waiting()) {
      Frames.Frame early = frames.next();
      if (early.tag() == 'E') {
        // In the middle of a large file: there is no use in the rest of it.
        ended(SqlClient.fault(early));
      }
    }
  }

  /**
   * All rows have been sent.
   *
   * @return how many there were
   */
  long end() throws IOException, FaultException {
    frames.add('c', body -> {}).send();
    return ended(null);
  }

  /** Nothing shall have been copied. */
  void fail() throws IOException {
    frames.add('f', body -> Frames.string(body, "cancelled")).send();
    try {
      ended(null);
    } catch (FaultException _) {
      // The server says what it was told.
    }
  }

  private long ended(@Nullable Fault known) throws IOException, FaultException {
    Fault failure = known;
    long rows = 0;
    for (Frames.Frame frame = frames.next(); frame.tag() != 'Z'; frame = frames.next()) {
      switch (frame.tag()) {
        case 'E' -> failure = SqlClient.fault(frame);
        case 'C' -> rows = rows(frame.string());
        default -> {
          // Notices.
        }
      }
    }
    if (failure != null) {
      throw failure.toException();
    }
    return rows;
  }

  /** Of {@code COPY 17}. */
  private static long rows(String tag) {
    return Long.parseLong(tag.substring(tag.lastIndexOf(' ') + 1));
  }
}
