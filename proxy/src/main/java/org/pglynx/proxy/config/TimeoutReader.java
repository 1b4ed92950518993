package org.pglynx.proxy.config;

/** Reads the time limits that general, pool and user share, each inheriting from the one above. */
final class TimeoutReader {
  private static final String IDLE = "idle_transaction_timeout";
  private static final String PGCAT_IDLE = "idle_client_in_transaction_timeout";

  private final Section section;

  TimeoutReader(Section section) {
    this.section = section;
  }

  TimeoutConfig read(TimeoutConfig inherited) {
    long connect = section.millis("connect_timeout", inherited.connectTimeoutMillis(), 1);
    return new TimeoutConfig(
        connect,
        section.millis("query_wait_timeout", queryWait(connect, inherited), 0),
        section.millis("idle_timeout", inherited.idleTimeoutMillis(), 0),
        section.millis("server_lifetime", inherited.serverLifetimeMillis(), 0),
        work(inherited.work()));
  }

  private WorkLimits work(WorkLimits inherited) {
    return new WorkLimits(
        section.millis("query_timeout", inherited.queryMillis(), 0),
        section.millis("transaction_timeout", inherited.transactionMillis(), 0),
        idleTransaction(inherited.idleTransactionMillis()),
        section.millis("client_idle_timeout", inherited.clientIdleMillis(), 0),
        section.millis("statement_timeout", inherited.statementMillis(), 0));
  }

  /** PgBouncer's name and pgcat's for the same. */
  private long idleTransaction(long inherited) {
    boolean pgcats = section.has(PGCAT_IDLE);
    if (pgcats && section.has(IDLE)) {
      section.fault(PGCAT_IDLE, "means the same as " + IDLE + "; keep one of them");
    }
    return section.millis(IDLE, pgcats ? section.millis(PGCAT_IDLE, inherited, 0) : inherited, 0);
  }

  /**
   * pgcat's connect_timeout covers the whole wait for a server. A file written for pgcat names it
   * and knows no query_wait_timeout, so there it keeps that meaning.
   */
  private long queryWait(long connect, TimeoutConfig inherited) {
    return section.has("connect_timeout") ? connect : inherited.queryWaitTimeoutMillis();
  }
}
