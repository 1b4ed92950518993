package org.pglynx.proxy.pool;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * What a client is told that has waited too long: the limit that held it back, with the numbers.
 */
final class Shortage {
  private Shortage() {}

  static PgError error(
      PoolSettings settings, PoolBudget budget, int waiting, @Nullable PgError failure) {
    ConnectionLimit shared = budget.sharedShortage();
    return PgError.error(
            shared == null ? SqlState.INSUFFICIENT_RESOURCES : SqlState.TOO_MANY_CONNECTIONS,
            "no server connection came free for "
                + settings.name()
                + " within "
                + TimeUnit.NANOSECONDS.toMillis(settings.waitTimeoutNanos())
                + " ms")
        .withDetail(
            budget.describe(settings.reserve())
                + ", "
                + waiting
                + (waiting == 1 ? " client waits" : " clients wait")
                + " on this event loop."
                + (failure == null ? "" : " The last attempt to connect failed: " + told(failure)))
        .withHint(
            "Raise "
                + (shared == null ? "pool_size" : shared.key())
                + " or query_wait_timeout, or look for long transactions.");
  }

  private static String told(PgError failure) {
    return failure.detail() == null
        ? failure.message()
        : failure.message() + " (" + failure.detail() + ")";
  }
}
