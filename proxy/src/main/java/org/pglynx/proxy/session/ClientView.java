package org.pglynx.proxy.session;

import org.pglynx.proxy.stats.Socket;

/**
 * A session at a moment, for SHOW CLIENTS.
 *
 * @param id the process id that the client was told
 * @param database the database that the client named
 * @param user the user that logged in
 * @param applicationName what the client calls itself
 * @param address the client's address
 * @param tls version and cipher as PgBouncer shows them; empty for a plain connection
 * @param state idle, waiting or active
 * @param transactions transactions ended
 * @param queries statements run
 * @param errors errors that the proxy raised
 * @param ageNanos time since login
 * @param waitNanos how long it waits for a server now, else 0
 * @param requestNanos time since its last statement; negative if it has sent none
 * @param prepared statements that it has prepared by name
 * @param pinned why it keeps its server between transactions; empty if it does not
 * @param replication none, physical or logical
 * @param socket its connection
 * @param link the connection of the server that it has; empty if it has none
 */
public record ClientView(
    int id,
    String database,
    String user,
    String applicationName,
    String address,
    String tls,
    String state,
    long transactions,
    long queries,
    long errors,
    long ageNanos,
    long waitNanos,
    long requestNanos,
    int prepared,
    String pinned,
    String replication,
    Socket socket,
    String link) {

  /**
   * What changes of a session with what it does.
   *
   * @param state idle, waiting or active
   * @param waitNanos how long it waits for a server now, else 0
   * @param prepared statements that it has prepared by name
   * @param pinned why it keeps its server between transactions; empty if it does not
   * @param replication none, physical or logical
   * @param link the connection of the server that it has; empty if it has none
   */
  record Doing(
      String state, long waitNanos, int prepared, String pinned, String replication, String link) {}

  static ClientView of(
      int id,
      SessionProfile profile,
      ClientEnd client,
      String applicationName,
      SessionCounters counts,
      Doing doing) {
    ClientTls tls = client.tls();
    return new ClientView(
        id,
        profile.database(),
        profile.user(),
        applicationName,
        client.remoteAddress(),
        tls == null ? "" : tls.description(),
        doing.state(),
        counts.transactions(),
        counts.queries(),
        counts.errors(),
        System.nanoTime() - counts.sinceNanos(),
        doing.waitNanos(),
        counts.requestNanos(),
        doing.prepared(),
        doing.pinned(),
        doing.replication(),
        client.socket(),
        doing.link());
  }
}
