package org.pglynx.proxy.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * A pool at a moment.
 *
 * @param servers its connections
 * @param connecting connections being opened
 * @param waiting sessions waiting for a connection
 * @param oldestWaitNanos how long the first of them has waited
 */
public record PoolSnapshot(
    List<ServerView> servers, int connecting, int waiting, long oldestWaitNanos) {
  /** Nothing. */
  public static final PoolSnapshot EMPTY = new PoolSnapshot(List.of(), 0, 0, 0);

  /**
   * One server connection.
   *
   * @param pid the server's process id
   * @param state idle, active or tested
   * @param ageNanos time since login
   * @param attachments how often a session got it
   * @param prepared prepared statements it holds for the proxy
   * @param replication none, physical or logical
   * @param tls version and cipher as PgBouncer shows them; empty for a plain connection
   * @param applicationName what the server calls its client now, as far as it has told
   * @param host the server as it is configured
   * @param port its port
   */
  public record ServerView(
      int pid,
      String state,
      long ageNanos,
      long attachments,
      int prepared,
      String replication,
      String tls,
      String applicationName,
      String host,
      int port) {}

  /** Both together. */
  public PoolSnapshot plus(PoolSnapshot other) {
    List<ServerView> all = new ArrayList<>(servers);
    all.addAll(other.servers);
    return new PoolSnapshot(
        List.copyOf(all),
        connecting + other.connecting,
        waiting + other.waiting,
        Math.max(oldestWaitNanos, other.oldestWaitNanos));
  }

  /** How many connections are in the state. */
  public long count(String state) {
    return servers.stream().filter(server -> server.state().equals(state)).count();
  }
}
