package org.pglynx.proxy.stats;

/**
 * What the sessions of one pool have done on one event loop. Only that loop writes, without
 * synchronisation, because it does so for each message; other threads may read values that are some
 * microseconds old.
 */
public final class PoolCounters {
  private long queries;
  private long transactions;
  private long clientBytes;
  private long serverBytes;
  private long waits;
  private long waitNanos;
  private long transactionNanos;
  private long queryNanos;
  private long errors;
  private long clientParses;
  private long serverParses;
  private long binds;
  private long logins;
  private final long[] widths = new long[Widths.CLASSES];
  private long shards;
  private final TimeHistogram waitTimes = new TimeHistogram();
  private final TimeHistogram queryTimes = new TimeHistogram();
  private final TimeHistogram transactionTimes = new TimeHistogram();

  /** A query, or an Execute of the extended protocol, was passed on. */
  public void query() {
    queries++;
  }

  /** A query was answered after the given time; several of one batch are answered together. */
  public void answered(long nanos) {
    queryNanos += nanos;
    queryTimes.record(nanos);
  }

  /** A transaction ended after the given time. */
  public void transaction(long nanos) {
    transactions++;
    transactionNanos += nanos;
    transactionTimes.record(nanos);
  }

  /** Bytes came from a client for the server. */
  public void fromClient(int bytes) {
    clientBytes += bytes;
  }

  /** Bytes came from a server for the client. */
  public void fromServer(int bytes) {
    serverBytes += bytes;
  }

  /** A session got its server after the given time; 0 if one was at hand. */
  public void waited(long nanos) {
    waits++;
    waitNanos += nanos;
    waitTimes.record(nanos);
  }

  /** The proxy itself raised an error. */
  public void error() {
    errors++;
  }

  /** A client has prepared a statement by name. */
  public void clientParse() {
    clientParses++;
  }

  /** A statement was prepared on a server that did not know it. */
  public void serverParse() {
    serverParses++;
  }

  /** A client has bound a statement. */
  public void bind() {
    binds++;
  }

  /** A statement of a sharded database was passed on to so many shards. */
  public void width(int count) {
    widths[Widths.place(count)]++;
    shards += count;
  }

  /** How many shards statements went to until now. */
  public Widths widths() {
    return new Widths(widths.clone(), shards);
  }

  /** A client has logged in. */
  public void login() {
    logins++;
  }

  /** The values now. */
  public Totals totals() {
    return new Totals(
        queries,
        transactions,
        clientBytes,
        serverBytes,
        waits,
        waitNanos,
        transactionNanos,
        queryNanos,
        errors,
        new Uses(clientParses, serverParses, binds, logins));
  }

  /** How long things took until now. */
  public Latencies latencies() {
    return new Latencies(waitTimes.snapshot(), queryTimes.snapshot(), transactionTimes.snapshot());
  }

  /**
   * Values of counters at a moment.
   *
   * @param queries statements passed on
   * @param transactions transactions ended
   * @param clientBytes bytes from clients to servers
   * @param serverBytes bytes from servers to clients
   * @param waits times that a session got a server
   * @param waitNanos time spent waiting for servers
   * @param transactionNanos time that transactions took
   * @param queryNanos time that servers took to answer
   * @param errors errors that the proxy itself raised
   * @param uses of prepared statements, and logins
   */
  public record Totals(
      long queries,
      long transactions,
      long clientBytes,
      long serverBytes,
      long waits,
      long waitNanos,
      long transactionNanos,
      long queryNanos,
      long errors,
      Uses uses) {
    /** Of sessions that prepare nothing. */
    public Totals(
        long queries,
        long transactions,
        long clientBytes,
        long serverBytes,
        long waits,
        long waitNanos,
        long transactionNanos,
        long queryNanos,
        long errors) {
      this(
          queries,
          transactions,
          clientBytes,
          serverBytes,
          waits,
          waitNanos,
          transactionNanos,
          queryNanos,
          errors,
          Uses.NONE);
    }

    /** No events. */
    public static final Totals ZERO = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** What has come since; an earlier one that is not part of this one takes nothing away. */
    public Totals since(Totals earlier) {
      return new Totals(
          Math.max(0, queries - earlier.queries),
          Math.max(0, transactions - earlier.transactions),
          Math.max(0, clientBytes - earlier.clientBytes),
          Math.max(0, serverBytes - earlier.serverBytes),
          Math.max(0, waits - earlier.waits),
          Math.max(0, waitNanos - earlier.waitNanos),
          Math.max(0, transactionNanos - earlier.transactionNanos),
          Math.max(0, queryNanos - earlier.queryNanos),
          Math.max(0, errors - earlier.errors),
          uses.since(earlier.uses));
    }

    /** The sums of both. */
    public Totals plus(Totals other) {
      return new Totals(
          queries + other.queries,
          transactions + other.transactions,
          clientBytes + other.clientBytes,
          serverBytes + other.serverBytes,
          waits + other.waits,
          waitNanos + other.waitNanos,
          transactionNanos + other.transactionNanos,
          queryNanos + other.queryNanos,
          errors + other.errors,
          uses.plus(other.uses));
    }
  }
}
