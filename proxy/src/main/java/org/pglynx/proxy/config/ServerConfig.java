package org.pglynx.proxy.config;

/**
 * One PostgreSQL server.
 *
 * @param host name or address
 * @param port TCP port
 * @param kind what it is said to be
 * @param weight how often it is chosen, measured by the others of its shard
 * @param zone where it runs; empty for nowhere in particular
 */
public record ServerConfig(String host, int port, ServerKind kind, int weight, String zone) {
  /** A primary. */
  public ServerConfig(String host, int port) {
    this(host, port, ServerKind.PRIMARY, 1, "");
  }

  /** Whether both are the same server. */
  public boolean sameAddress(ServerConfig other) {
    return port == other.port && host.equals(other.host);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
