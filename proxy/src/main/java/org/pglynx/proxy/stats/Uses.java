package org.pglynx.proxy.stats;

/**
 * How often prepared statements were made and used, and clients logged in.
 *
 * @param clientParses Parse messages of clients that name their statement
 * @param serverParses Parse messages of the proxy's own: the server did not know the statement
 * @param binds Bind messages of clients
 * @param logins logins of clients
 */
public record Uses(long clientParses, long serverParses, long binds, long logins) {
  /** None. */
  public static final Uses NONE = new Uses(0, 0, 0, 0);

  Uses since(Uses earlier) {
    return new Uses(
        Math.max(0, clientParses - earlier.clientParses),
        Math.max(0, serverParses - earlier.serverParses),
        Math.max(0, binds - earlier.binds),
        Math.max(0, logins - earlier.logins));
  }

  Uses plus(Uses other) {
    return new Uses(
        clientParses + other.clientParses,
        serverParses + other.serverParses,
        binds + other.binds,
        logins + other.logins);
  }
}
