package org.pglynx.proxy.config;

/** Reads the time limits that general, pool and user share, each inheriting from the one above. */
final class TimeoutReader {
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
        section.millis("server_lifetime", inherited.serverLifetimeMillis(), 0));
  }

  /**
   * pgcat's connect_timeout covers the whole wait for a server. A file written for pgcat names it
   * and knows no query_wait_timeout, so there it keeps that meaning.
   */
  private long queryWait(long connect, TimeoutConfig inherited) {
    return section.has("connect_timeout") ? connect : inherited.queryWaitTimeoutMillis();
  }
}
