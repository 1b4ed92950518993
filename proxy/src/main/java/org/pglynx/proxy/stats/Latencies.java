package org.pglynx.proxy.stats;

/**
 * How long a pool's clients have waited and worked.
 *
 * @param waits for a server; most are 0, as a server was at hand
 * @param queries from a statement, or the last answer if it was sent ahead, to its ReadyForQuery
 * @param transactions from their first statement to their last ReadyForQuery
 */
public record Latencies(Distribution waits, Distribution queries, Distribution transactions) {
  /** Nothing happened. */
  public static final Latencies NONE =
      new Latencies(Distribution.NONE, Distribution.NONE, Distribution.NONE);

  /** Both together. */
  public Latencies plus(Latencies other) {
    return new Latencies(
        waits.plus(other.waits),
        queries.plus(other.queries),
        transactions.plus(other.transactions));
  }

  /** What has come since. */
  public Latencies since(Latencies earlier) {
    return new Latencies(
        waits.since(earlier.waits),
        queries.since(earlier.queries),
        transactions.since(earlier.transactions));
  }
}
