package org.pglynx.proxy.it;

import java.util.function.IntConsumer;

/**
 * A visit, and what is to be noted of its end.
 *
 * @param visit what is sent and must come
 * @param done runs when all has been answered
 * @param lost hears of the step that had no answer; {@link #UNKNOWN} if nobody knows
 */
record SoakErrand(SoakVisit visit, Runnable done, IntConsumer lost) {
  static final int UNKNOWN = Integer.MAX_VALUE;

  /** One of whose end nothing is noted. */
  static SoakErrand of(SoakVisit visit) {
    return new SoakErrand(visit, () -> {}, _ -> {});
  }

  /** The errand with all of its messages in one write: a failed transaction may go on in vain. */
  SoakErrand atOnce() {
    return new SoakErrand(
        visit.atOnce().excusedBy("25P02", "3B001", "34000"), done, _ -> lost.accept(UNKNOWN));
  }

  SoakErrand with(SoakVisit.Manner manner) {
    return new SoakErrand(visit.with(manner), done, lost);
  }
}
