package org.pglynx.proxy.config;

import java.util.List;

/**
 * One shard: table {@code [pools.NAME.shards.N]}.
 *
 * @param number the shard's number
 * @param database the database's name on the servers
 * @param servers its servers; never empty, the first is the primary
 */
public record ShardConfig(int number, String database, List<ServerConfig> servers) {
  /** Copies the list. */
  public ShardConfig {
    servers = List.copyOf(servers);
  }

  /** This shard for a database that a client has named; {@code *} is the same name. */
  ShardConfig of(String named) {
    return database.equals(PoolConfig.ANY) ? new ShardConfig(number, named, servers) : this;
  }

  /** The server that takes writes. */
  public ServerConfig primary() {
    return servers.getFirst();
  }
}
