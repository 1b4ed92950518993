package org.pglynx.proxy.config;

/**
 * One user of a pool, with everything it inherits already resolved: table {@code
 * [pools.NAME.users.KEY]}.
 *
 * @param username name the client logs in with
 * @param password the client's password; empty if it needs none or it is known elsewhere
 * @param authType how the client proves who it is
 * @param serverUsername name used towards PostgreSQL
 * @param serverPassword password used towards PostgreSQL; may be empty
 * @param poolSize most server connections for this user
 * @param minPoolSize server connections kept open while the user has none in use
 * @param poolMode mode in effect for this user
 * @param onSessionState what happens in transaction mode to state that cannot be carried
 * @param deferredBegin whether a transaction takes its server with its first statement only
 * @param timeouts time limits in effect for this user
 * @param supply how server connections are come by for this user
 * @param maxClients clients of this user at once, whatever the database; 0 means no limit
 */
public record UserConfig(
    String username,
    Secret password,
    AuthType authType,
    String serverUsername,
    Secret serverPassword,
    int poolSize,
    int minPoolSize,
    PoolMode poolMode,
    OnSessionState onSessionState,
    boolean deferredBegin,
    TimeoutConfig timeouts,
    SupplyConfig supply,
    int maxClients) {

  /** Whether it is one user, and not {@link PoolConfig#ANY} of them. */
  public boolean isOne() {
    return !username.equals(PoolConfig.ANY);
  }

  /** This user with another name: one that the user {@code *} stands for. */
  public UserConfig named(String user) {
    return new UserConfig(
        user,
        password,
        authType,
        serverUsername.equals(PoolConfig.ANY) ? user : serverUsername,
        serverPassword,
        poolSize,
        minPoolSize,
        poolMode,
        onSessionState,
        deferredBegin,
        timeouts,
        supply,
        maxClients);
  }
}
