package org.pglynx.proxy.pool;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.stats.ServerWork;
import org.pglynx.proxy.stats.Socket;

/**
 * A pool at a moment.
 *
 * @param servers its connections
 * @param connecting connections being opened
 * @param waiting sessions waiting for a connection
 * @param oldestWaitNanos how long the first of them has waited
 * @param work what its connections have done, those that are gone included
 */
public record PoolSnapshot(
    List<ServerView> servers, int connecting, int waiting, long oldestWaitNanos, ServerWork work) {
  /** Nothing. */
  public static final PoolSnapshot EMPTY = new PoolSnapshot(List.of(), 0, 0, 0);

  /** Of connections whose work nobody counts. */
  public PoolSnapshot(List<ServerView> servers, int connecting, int waiting, long oldestWaitNanos) {
    this(servers, connecting, waiting, oldestWaitNanos, ServerWork.NONE);
  }

  /**
   * One server connection.
   *
   * @param pid the server's process id
   * @param state idle, active or tested
   * @param ageNanos time since login
   * @param attachments how often a session got it
   * @param prepared prepared statements it holds for the proxy
   * @param cancels cancel requests on their way to it
   * @param replication none, physical or logical
   * @param tls version and cipher as PgBouncer shows them; empty for a plain connection
   * @param applicationName what the server calls its client now, as far as it has told
   * @param host the server as it is configured
   * @param port its port
   * @param database the database there
   * @param work what it has done
   * @param socket its connection
   * @param retires whether it is closed as soon as it is free: its server is drained or no longer
   *     configured, its host name leads elsewhere, it is too old, or RECONNECT has been ordered
   */
  public record ServerView(
      int pid,
      String state,
      long ageNanos,
      long attachments,
      int prepared,
      int cancels,
      String replication,
      String tls,
      String applicationName,
      String host,
      int port,
      String database,
      ServerWork work,
      Socket socket,
      boolean retires) {}

  /** Both together. */
  public PoolSnapshot plus(PoolSnapshot other) {
    List<ServerView> all = new ArrayList<>(servers);
    all.addAll(other.servers);
    return new PoolSnapshot(
        List.copyOf(all),
        connecting + other.connecting,
        waiting + other.waiting,
        Math.max(oldestWaitNanos, other.oldestWaitNanos),
        work.plus(other.work));
  }

  /** How many cancel requests are on their way to them. */
  public long cancels() {
    return servers.stream().mapToLong(ServerView::cancels).sum();
  }

  /** How many connections are in the state. */
  public long count(String state) {
    return servers.stream().filter(server -> server.state().equals(state)).count();
  }
}
