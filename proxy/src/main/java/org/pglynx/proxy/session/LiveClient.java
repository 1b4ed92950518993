package org.pglynx.proxy.session;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** A client that has logged in, as the rest of the process sees it. */
interface LiveClient {
  /** What a client is told that has to go because the proxy stops; Postgres' own words. */
  PgError STOPPED =
      PgError.fatal(SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command");

  /** The secret that it was told for cancel requests. */
  byte[] cancelKey();

  /** Its event loop. */
  ScheduledExecutorService loop();

  /** What it is doing. Any thread. */
  ClientView view();

  /** The policy that it came in under. Any thread. */
  SessionProfile profile();

  /** A cancel request that bears its key; completes when it has taken its effect. On the loop. */
  CompletionStage<Void> onCancelRequest();

  /**
   * The client is to go as soon as nothing is lost by it, which for a replication connection is
   * now, as that has no end of its own. On the loop.
   *
   * @param why what it is told
   */
  void onDrain(PgError why);

  /** The client is to go now. On the loop. */
  void onShutdown(PgError why);

  /** What it is at; null if that is nothing. On the loop. */
  default @Nullable RunningView running() {
    return null;
  }

  /** Something else is kept of statements from now on. On the loop. */
  default void onStatementLog() {}

  /** Other limits of time from now on. On the loop. */
  default void onTimeLimits(TimeLimits limits) {}
}
