package org.pglynx.proxy.session;

import java.util.Optional;
import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.config.PluginsConfig;
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
 * @param queryLog how all their statements are logged
 */
public record SessionPolicy(
    PoolMode mode,
    OnSessionState onSessionState,
    boolean defersBegin,
    TimeLimits timeLimits,
    ServerUse servers,
    Optional<PluginsConfig.QueryLog> queryLog) {
  /**
   * How sessions use several servers.
   *
   * @param defaultRole which server a statement is for that nothing else directs
   * @param readsOwnWrites whether a session reads from those replicas only that have what it wrote
   * @param failureLimit refusals in a row after which a session ends; 0 is never
   * @param splitsSessions with session pooling: whether a session keeps a connection to the primary
   *     only, and each transaction that reads may go to a replica
   */
  public record ServerUse(
      ServerRole defaultRole, boolean readsOwnWrites, int failureLimit, boolean splitsSessions) {
    /** Of which each session keeps one, with session pooling. */
    public ServerUse(ServerRole defaultRole, boolean readsOwnWrites, int failureLimit) {
      this(defaultRole, readsOwnWrites, failureLimit, false);
    }

    /** All goes to one server. */
    public static final ServerUse ONE = new ServerUse(ServerRole.PRIMARY, false, 0);
  }

  /** One that logs no statements. */
  public SessionPolicy(
      PoolMode mode,
      OnSessionState onSessionState,
      boolean defersBegin,
      TimeLimits timeLimits,
      ServerUse servers) {
    this(mode, onSessionState, defersBegin, timeLimits, servers, Optional.empty());
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
