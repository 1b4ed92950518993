package org.pglynx.proxy.session;

import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.config.PoolMode;

/**
 * How sessions keep their servers, and for how long.
 *
 * @param mode how long a session keeps its server
 * @param onSessionState what happens else to state that cannot be carried between servers
 * @param defersBegin whether a transaction takes its server with its first statement
 * @param timeLimits how long sessions may take
 */
public record SessionPolicy(
    PoolMode mode, OnSessionState onSessionState, boolean defersBegin, TimeLimits timeLimits) {
  /** Of a database without servers, and of whatever asks for nothing else. */
  public static final SessionPolicy TRANSACTIONS = of(PoolMode.TRANSACTION);

  /** One that keeps what cannot be carried, defers nothing, and has no limits. */
  public static SessionPolicy of(PoolMode mode) {
    return new SessionPolicy(mode, OnSessionState.PIN, false, TimeLimits.NONE);
  }
}
