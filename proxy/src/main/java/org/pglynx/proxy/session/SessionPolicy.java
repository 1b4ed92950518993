package org.pglynx.proxy.session;

import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.relay.ServerRole;

/**
 * How sessions keep their servers, and for how long.
 *
 * @param mode how long a session keeps its server
 * @param onSessionState what happens else to state that cannot be carried between servers
 * @param defersBegin whether a transaction takes its server with its first statement
 * @param timeLimits how long sessions may take
 * @param servers which servers they use
 */
public record SessionPolicy(
    PoolMode mode,
    OnSessionState onSessionState,
    boolean defersBegin,
    TimeLimits timeLimits,
    ServerUse servers) {
  /**
   * How sessions use several servers.
   *
   * @param defaultRole which server a statement is for that nothing else directs
   * @param readsOwnWrites whether a session reads from those replicas only that have what it wrote
   * @param failureLimit refusals in a row after which a session ends; 0 is never
   */
  public record ServerUse(ServerRole defaultRole, boolean readsOwnWrites, int failureLimit) {
    /** All goes to one server. */
    public static final ServerUse ONE = new ServerUse(ServerRole.PRIMARY, false, 0);
  }

  /** Where all goes to one server. */
  public SessionPolicy(
      PoolMode mode, OnSessionState onSessionState, boolean defersBegin, TimeLimits timeLimits) {
    this(mode, onSessionState, defersBegin, timeLimits, ServerUse.ONE);
  }

  /** Of a database without servers, and of whatever asks for nothing else. */
  public static final SessionPolicy TRANSACTIONS = of(PoolMode.TRANSACTION);

  /** One that keeps what cannot be carried, defers nothing, and has no limits. */
  public static SessionPolicy of(PoolMode mode) {
    return new SessionPolicy(mode, OnSessionState.PIN, false, TimeLimits.NONE);
  }
}
