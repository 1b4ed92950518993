package org.pglynx.proxy.it;

import java.util.List;
import java.util.Set;

/**
 * Holds the replies that come against those that must come, one after the other. The only excuse is
 * an error that says that the server is lost, or one that was provoked: behind it replies may be
 * missing, but none may be another's.
 *
 * <p>An expected reply with {@code ~} fits what begins with the text before it and contains the
 * text behind it.
 */
final class ReplyCheck {
  /** A reply that nobody may get here. */
  static final class WrongReply extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongReply(String message) {
      super(message);
    }
  }

  private final List<String> expected;
  private final Set<String> excuses;
  private final long readies;
  private long readiesSeen;
  private int at;
  private String excuse = "";

  /**
   * A check.
   *
   * @param expected what must come
   * @param excuses the SQLSTATEs that excuse what is missing
   */
  ReplyCheck(List<String> expected, Set<String> excuses) {
    this.expected = expected;
    this.excuses = excuses;
    this.readies = expected.stream().filter(each -> each.startsWith("Z")).count();
  }

  /** Whether all that must come has come. */
  boolean complete() {
    return excuse.isEmpty() ? at == expected.size() : readiesSeen == readies;
  }

  /** The SQLSTATE of the error that came instead of a reply; empty for none. */
  String excuse() {
    return excuse;
  }

  /** Takes the next reply. */
  void take(String reply) {
    if (at < expected.size() && fits(expected.get(at), reply)) {
      taken(at, reply);
    } else if (excused(reply)) {
      excuse = reply.startsWith("E:") ? state(reply) : excuse;
    } else if (!excuse.isEmpty()) {
      taken(later(reply), reply);
    } else {
      throw wrong(reply);
    }
  }

  private void taken(int index, String reply) {
    at = index + 1;
    readiesSeen += reply.startsWith("Z") ? 1 : 0;
  }

  private boolean excused(String reply) {
    return (reply.startsWith("E:") || reply.startsWith("N:")) && excuses.contains(state(reply));
  }

  private static String state(String reply) {
    return reply.substring(2, Math.min(reply.length(), 7));
  }

  /** Where the reply stands in what is still to come; the state of a transaction may be another. */
  private int later(String reply) {
    for (int i = at; i < expected.size(); i++) {
      boolean ready = reply.startsWith("Z:") && expected.get(i).startsWith("Z");
      // COMMIT ends a transaction that has failed, too, and says so.
      boolean ended = reply.equals("C:ROLLBACK") && expected.get(i).equals("C:COMMIT");
      if (ready || ended || fits(expected.get(i), reply)) {
        return i;
      }
    }
    throw wrong(reply);
  }

  private static boolean fits(String expected, String reply) {
    int mark = expected.indexOf('~');
    return mark < 0
        ? expected.equals(reply)
        : reply.startsWith(expected.substring(0, mark))
            && reply.contains(expected.substring(mark + 1));
  }

  /** The connection has ended before its time. */
  void end() {
    if (excuses.isEmpty()) {
      throw wrong("the end of the connection");
    }
    excuse = excuse.isEmpty() ? "EOF" : excuse;
  }

  private WrongReply wrong(String reply) {
    String shown = reply.length() > 300 ? reply.substring(0, 300) + "…" : reply;
    return new WrongReply(
        "got <"
            + shown
            + "> at "
            + at
            + " of "
            + expected
            + (excuse.isEmpty() ? "" : " behind " + excuse));
  }
}
