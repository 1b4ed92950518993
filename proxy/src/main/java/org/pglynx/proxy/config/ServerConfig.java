package org.pglynx.proxy.config;

/**
 * One PostgreSQL server: always the primary of its shard, as replicas are not served yet.
 *
 * @param host name or address
 * @param port TCP port
 */
public record ServerConfig(String host, int port) {
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
