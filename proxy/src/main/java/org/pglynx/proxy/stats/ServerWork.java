package org.pglynx.proxy.stats;

/**
 * What server connections have done.
 *
 * @param transactions ended
 * @param statements Query and Execute messages of clients
 * @param sent bytes to the server
 * @param received bytes from it
 * @param prepared what their prepared statements were asked for
 */
public record ServerWork(
    long transactions, long statements, long sent, long received, Prepared prepared) {
  /** Nothing. */
  public static final ServerWork NONE = new ServerWork(0, 0, 0, 0, Prepared.NONE);

  /**
   * What prepared statements were asked for.
   *
   * @param hits the server knew the statement
   * @param misses it did not, and was sent a Parse
   * @param evictions statements closed to make room for another
   */
  public record Prepared(long hits, long misses, long evictions) {
    /** Nothing. */
    public static final Prepared NONE = new Prepared(0, 0, 0);

    private Prepared plus(Prepared other) {
      return new Prepared(hits + other.hits, misses + other.misses, evictions + other.evictions);
    }
  }

  /** Both together. */
  public ServerWork plus(ServerWork other) {
    return new ServerWork(
        transactions + other.transactions,
        statements + other.statements,
        sent + other.sent,
        received + other.received,
        prepared.plus(other.prepared));
  }
}
