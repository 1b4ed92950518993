package org.pglynx.proxy.session;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.Lookup;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * What the frame in hand is held for: it is being looked up where its keys live.
 *
 * <pre>
 *            start                      known
 *   AT REST ───────► UNDER WAY ───────────────────────► AT REST
 *      ▲  ▲            │  │ fails, or is cancelled
 *      │  └── forget ──┘  └────────────────────────► FAILED
 *      └──────────────── takeFailure, forget ──────────┘
 * </pre>
 *
 * <p>Nothing of it is left for the next frame: what is heard of a look-up that was given up is not
 * listened to.
 */
final class HeldLookup {
  /** As {@link Shards#lookUp}. */
  interface Start {
    Cancellable lookUp(Lookup what, Consumer<@Nullable PgError> end);
  }

  private final Start start;
  private final Runnable resume;
  private @Nullable Cancellable underWay;
  private @Nullable PgError failure;

  /** Which look-up is the one in hand. */
  private int number;

  /** When the statement, or its batch, has first needed what is looked up; 0 if it has not. */
  private long since;

  /**
   * None yet.
   *
   * @param resume looks at the frame again
   */
  HeldLookup(Start start, Runnable resume) {
    this.start = start;
    this.resume = resume;
  }

  /** Since when what has been looked up holds for the frame; 0 for nothing. */
  long since() {
    return since;
  }

  boolean underWay() {
    return underWay != null;
  }

  /** Why it has failed. */
  @Nullable PgError failure() {
    return failure;
  }

  void failureTaken() {
    failure = null;
  }

  /** The frame is held, and is looked at again when it is known where its keys live. */
  void start(Lookup what) {
    since = since == 0 ? now() : since;
    number++;
    int own = number;
    underWay = start.lookUp(what, error -> heard(own, error));
  }

  private static long now() {
    long now = System.nanoTime();
    return now == 0 ? 1 : now;
  }

  private void heard(int which, @Nullable PgError error) {
    if (which == number && underWay != null) {
      underWay = null;
      failure = error;
      resume.run();
    }
  }

  /** The client does not want to wait for it. */
  void cancel() {
    if (underWay != null) {
      giveUp();
      failure = PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request");
      resume.run();
    }
  }

  /** The statement, or its batch, is over. */
  void over() {
    since = 0;
  }

  /** The frame is not looked at any more. */
  void forget() {
    giveUp();
    failure = null;
    since = 0;
  }

  private void giveUp() {
    Cancellable running = underWay;
    underWay = null;
    number++;
    if (running != null) {
      running.cancel();
    }
  }
}
