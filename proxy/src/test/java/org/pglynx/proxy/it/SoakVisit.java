package org.pglynx.proxy.it;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.pglynx.proxy.it.RawConnection.Message;

/**
 * One errand of a client: what it sends, step by step, and what must come back.
 *
 * @param name its kind
 * @param steps each is sent when the one before has been answered
 * @param manner what is special about it
 * @param excuses SQLSTATEs that may come instead of its replies
 */
record SoakVisit(String name, List<Step> steps, Manner manner, Set<String> excuses) {
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
    LEAVES_AMID,
    /** Leaves amid its last step's replies. */
    LEAVES_READING,
    /** Leaves amid the messages of its last step. */
    LEAVES_SENDING,
    /** Takes nothing for a while, and then reads on. */
    STALLS,
    /** Sends byte by byte. */
    BYTES
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

    /** What it says, for people. */
    String text() {
      return new String(request, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]+", " ");
    }

    static Step of(byte[] request, String... expected) {
      return new Step(request, List.of(expected));
    }

    static Step begin() {
      return of(RawConnection.query("BEGIN"), "C:BEGIN", "Z:T");
    }

    /** Asks for the tag; the session is in the state afterwards. */
    static Step selected(String tag, char state) {
      byte[] request = RawConnection.query("SELECT '" + tag + "'");
      return of(request, "T", "D:" + tag, "C:SELECT 1", "Z:" + state);
    }

    /** One of the two ends of a transaction. */
    static Step ends(Random random) {
      String how = random.nextBoolean() ? "COMMIT" : "ROLLBACK";
      return of(RawConnection.query(how), "C:" + how, "Z:I");
    }
  }

  static SoakVisit plain(String name, Step... steps) {
    return new SoakVisit(name, List.of(steps), Manner.PLAIN, Set.of());
  }

  SoakVisit with(Manner other) {
    return new SoakVisit(name, steps, other, excuses);
  }

  SoakVisit excusedBy(String... states) {
    Set<String> all = new HashSet<>(excuses);
    all.addAll(List.of(states));
    return new SoakVisit(name, steps, manner, all);
  }

  /** The errand with all of its messages in one write. */
  SoakVisit atOnce() {
    byte[] all = RawConnection.join(steps.stream().map(Step::request).toArray(byte[][]::new));
    List<String> expected = steps.stream().flatMap(step -> step.expected().stream()).toList();
    return new SoakVisit(name + " at once", List.of(new Step(all, expected)), manner, excuses);
  }

  /** The errand with another step behind its own. */
  SoakVisit then(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return new SoakVisit(name, more, manner, excuses);
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
