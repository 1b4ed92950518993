package org.pglynx.proxy.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pglynx.proxy.it.RawConnection.Message;

/**
 * One errand of a client: what it sends, step by step, and what must come back.
 *
 * @param name its kind
 * @param steps each is sent when the one before has been answered
 * @param manner what is special about it
 */
record SoakVisit(String name, List<Step> steps, Manner manner) {
  /** How a client behaves. */
  enum Manner {
    /** Waits for its replies and stays. */
    PLAIN,
    /** Reads slowly. */
    SLOW,
    /** Asks that its last step be cancelled, and may be heard or not. */
    CANCELS,
    /** Leaves when all has been answered. */
    LEAVES,
    /** Leaves behind its last step, without its reply. */
    LEAVES_AMID
  }

  /**
   * Messages sent at once, and the replies that they must have.
   *
   * @param request the messages
   * @param expected as {@link ReplyCheck} has them
   */
  record Step(byte[] request, List<String> expected) {
    Step {
      expected = List.copyOf(expected);
    }

    static Step of(byte[] request, String... expected) {
      return new Step(request, List.of(expected));
    }
  }

  static SoakVisit plain(String name, Step... steps) {
    return new SoakVisit(name, List.of(steps), Manner.PLAIN);
  }

  SoakVisit with(Manner other) {
    return new SoakVisit(name, steps, other);
  }

  /** The errand with another step behind its own. */
  SoakVisit then(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return new SoakVisit(name, more, manner);
  }

  /** What comes at any time and is nobody's reply. */
  interface Asynchronous {
    /** Whether it was that. */
    boolean took(Message message);
  }

  /** Reads what a step must have; the SQLSTATE that excuses it if it has not. */
  static String read(
      Step step, RawConnection connection, Asynchronous others, Set<String> excuses, long pause) {
    ReplyCheck check = new ReplyCheck(step.expected(), excuses);
    while (!check.complete()) {
      Message message = connection.next();
      if (message.tag() == '\0') {
        check.end();
        return check.excuse().equals("EOF") ? "EOF" : check.excuse() + " EOF";
      }
      if (!others.took(message)) {
        check.take(Replies.text(message));
      }
      if (pause > 0) {
        Eventually.pause(pause);
      }
    }
    return check.excuse();
  }
}
