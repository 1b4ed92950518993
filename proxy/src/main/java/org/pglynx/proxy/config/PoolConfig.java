package org.pglynx.proxy.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One database as clients see it: table {@code [pools.NAME]}.
 *
 * @param name database name the client asks for
 * @param poolMode mode of the users that do not choose their own
 * @param preparedStatementsCacheSize prepared statements kept per server connection in transaction
 *     mode; 0 means the default, as names could not be kept apart without any
 * @param cleanupServerConnections whether a server connection is reset when a client left state on
 *     it
 * @param parameters of sessions whose clients do not set them
 * @param timeouts time limits of the users that do not choose their own
 * @param serverTls encryption of connections to its servers
 * @param sniHosts host names that lead clients to this pool when their TLS handshake asks for one
 * @param shards by number; never empty
 * @param users by user name, in file order; never empty; {@link #ANY} is every other user that is
 *     known elsewhere
 * @param maxClients clients of the database at once; 0 means no limit
 * @param authQuery how its servers are asked for secrets
 * @param balancing how one of several servers is chosen
 * @param sharding how it is spread over its shards
 * @param routing how reads are told from writes
 * @param mirroring how its mirrors get statements
 * @param plugins what is done with statements besides
 */
public record PoolConfig(
    String name,
    PoolMode poolMode,
    int preparedStatementsCacheSize,
    boolean cleanupServerConnections,
    Map<String, String> parameters,
    TimeoutConfig timeouts,
    ServerTlsConfig serverTls,
    Set<String> sniHosts,
    Map<Integer, ShardConfig> shards,
    Map<String, UserConfig> users,
    int maxClients,
    Optional<AuthQueryConfig> authQuery,
    BalancingConfig balancing,
    ShardingConfig sharding,
    RoutingConfig routing,
    MirroringConfig mirroring,
    PluginsConfig plugins) {
  /** As the name of a pool or of a user: every other one. */
  public static final String ANY = "*";

  /** Copies the maps and keeps their order. */
  public PoolConfig {
    parameters = Map.copyOf(parameters);
    sniHosts = Set.copyOf(sniHosts);
    shards = Collections.unmodifiableMap(new LinkedHashMap<>(shards));
    users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
  }

  /** This pool with another name: one that {@code [pools."*"]} makes. */
  public PoolConfig named(String database) {
    Map<Integer, ShardConfig> named = new LinkedHashMap<>();
    shards.forEach((number, shard) -> named.put(number, shard.of(database)));
    return with(database, named);
  }

  /** This pool as it would be with one of its shards alone. */
  public PoolConfig only(int shard) {
    ShardConfig kept = shards.get(shard);
    return with(name, kept == null ? Map.of() : Map.of(shard, kept));
  }

  private PoolConfig with(String newName, Map<Integer, ShardConfig> newShards) {
    return new PoolConfig(
        newName,
        poolMode,
        preparedStatementsCacheSize,
        cleanupServerConnections,
        parameters,
        timeouts,
        serverTls,
        sniHosts,
        newShards,
        users,
        maxClients,
        authQuery,
        balancing,
        sharding,
        routing,
        mirroring,
        plugins);
  }

  /** Whether it is one database, and not {@link #ANY} of them. */
  public boolean isOne() {
    return !name.equals(ANY);
  }

  /** What its users have in common. */
  public PoolConfig withoutUsers() {
    return new PoolConfig(
        name,
        poolMode,
        preparedStatementsCacheSize,
        cleanupServerConnections,
        parameters,
        timeouts,
        serverTls,
        sniHosts,
        shards,
        Map.of(),
        maxClients,
        authQuery,
        balancing,
        sharding,
        routing,
        mirroring,
        plugins);
  }

  /** The pool's first shard, which most have alone. */
  public ShardConfig shard() {
    return shards.values().iterator().next();
  }

  /** Whether any shard has several servers to choose from. */
  public boolean replicated() {
    return shards.values().stream().anyMatch(shard -> !shard.single());
  }

  /** Whether there are several shards. */
  public boolean sharded() {
    return shards.size() > 1;
  }
}
