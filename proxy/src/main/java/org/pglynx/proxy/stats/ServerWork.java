package org.pglynx.proxy.stats;

/**
 * What server connections have done.
 *
 * @param transactions ended
 * @param statements Query and Execute messages of clients
 * @param sent bytes to the server
 * @param received bytes from it
 */
public record ServerWork(long transactions, long statements, long sent, long received) {
  /** Nothing. */
  public static final ServerWork NONE = new ServerWork(0, 0, 0, 0);

  /** Both together. */
  public ServerWork plus(ServerWork other) {
    return new ServerWork(
        transactions + other.transactions,
        statements + other.statements,
        sent + other.sent,
        received + other.received);
  }
}
