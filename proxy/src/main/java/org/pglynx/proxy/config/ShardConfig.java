package org.pglynx.proxy.config;

import java.util.List;
import java.util.Optional;

/**
 * One shard: table {@code [pools.NAME.shards.N]}.
 *
 * @param number the shard's number
 * @param database the database's name on the servers
 * @param servers its servers in file order; never empty
 * @param mirrors what gets the statements of some of them as well
 */
public record ShardConfig(
    int number, String database, List<ServerConfig> servers, List<MirrorConfig> mirrors) {
  /** Copies the lists. */
  public ShardConfig {
    servers = List.copyOf(servers);
    mirrors = List.copyOf(mirrors);
  }

  /** One without mirrors. */
  public ShardConfig(int number, String database, List<ServerConfig> servers) {
    this(number, database, servers, List.of());
  }

  /** This shard for a database that a client has named; {@code *} is the same name. */
  ShardConfig of(String named) {
    return database.equals(PoolConfig.ANY)
        ? new ShardConfig(number, named, servers, mirrors)
        : this;
  }

  /**
   * The server that takes writes; where the servers are asked which it is, the first of them, and
   * where there is none at all the first replica.
   */
  public ServerConfig primary() {
    return first(ServerKind.PRIMARY).or(() -> first(ServerKind.AUTO)).orElse(servers.getFirst());
  }

  private Optional<ServerConfig> first(ServerKind kind) {
    return servers.stream().filter(server -> server.kind() == kind).findFirst();
  }

  /** Whether there is nothing to choose. */
  public boolean single() {
    return servers.size() == 1 && servers.getFirst().kind() == ServerKind.PRIMARY;
  }
}
