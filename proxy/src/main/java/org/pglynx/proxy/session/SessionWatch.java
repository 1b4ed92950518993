package org.pglynx.proxy.session;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a session's {@link TimeLimits}. It is looked at now and then: what it does, and whether
 * that is still the same as at the last look, which counters tell that count anyway. So a limit is
 * never short, and at most a quarter, or a second, long.
 *
 * <pre>
 *   what it does        lasts as long as                    limit                 then
 *   ACTIVE              no reply completes one more frame   query                 cancel, again, give the server up
 *   IDLE_IN_TRANSACTION the client sends nothing            idleTransaction       FATAL 25P03
 *   IDLE                the client sends nothing            idle                  FATAL 57P05
 *   WAITING             (query_wait_timeout is the pool's)  -
 *   any with a          no transaction ends                 transaction           FATAL 25P04
 *   transaction
 * </pre>
 *
 * <p>A session that ends leaves its server as one whose client has gone: cancelled, rolled back and
 * kept.
 */
final class SessionWatch {
  private static final Logger LOG = LoggerFactory.getLogger(SessionWatch.class);

  /** In Postgres' form (tcop/postgres.c); it has no such limit itself. */
  static final String QUERY_TIMEOUT = "canceling statement due to query timeout";

  /** As long as a server may take for cleaning. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A server ignores a request that overtakes its statement; each later one waits longer. */
  private static final long CANCEL_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long an error waits for the end of a reply that is being passed on. */
  private static final long MID_REPLY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private enum Doing {
    ACTIVE,
    WAITING,
    IDLE_IN_TRANSACTION,
    IDLE
  }

  private final Session session;
  private final TimeLimits limits;
  private final Deadlines deadlines;
  private final long periodNanos;
  private int place;

  private Doing doing = Doing.IDLE;
  private @Nullable Object worker;
  private long step;
  private long since;
  private @Nullable Object transactionOn;
  private long transaction;
  private long transactionSince;

  private boolean cancelling;
  private long cancelSince;
  private long cancelNext;
  private long cancelPause;

  SessionWatch(Session session, TimeLimits limits, Deadlines deadlines, long now) {
    this.session = session;
    this.limits = limits;
    this.deadlines = deadlines;
    this.periodNanos = limits.periodNanos();
    this.since = now;
    deadlines.add(this);
  }

  long periodNanos() {
    return periodNanos;
  }

  int place() {
    return place;
  }

  void place(int index) {
    place = index;
  }

  /** The session has ended. */
  void stop() {
    deadlines.remove(this);
  }

  /** The error as the client is to see it: one of a statement that the limit has cancelled. */
  PgError retold(PgError error) {
    if (!cancelling || !error.code().equals(SqlState.QUERY_CANCELED.code())) {
      return error;
    }
    cancelling = false;
    return PgError.error(SqlState.QUERY_CANCELED, QUERY_TIMEOUT);
  }

  // ---- what it does --------------------------------------------------------------------------

  void look(long now) {
    observe(now);
    observeTransaction(now);
    if (transactionOn != null && over(limits.transactionNanos(), transactionSince, now)) {
      end(
          "transaction_timeout",
          now - transactionSince - limits.transactionNanos(),
          SqlState.TRANSACTION_TIMEOUT,
          "terminating connection due to transaction timeout",
          now);
      return;
    }
    switch (doing) {
      case ACTIVE -> active(now);
      case IDLE_IN_TRANSACTION -> idleInTransaction(now);
      case IDLE -> idle(now);
      case WAITING -> {
        // The pool counts.
      }
    }
  }

  private static boolean over(long limit, long since, long now) {
    return limit > 0 && now - since >= limit;
  }

  private void observe(long now) {
    Upstream server = session.upstream();
    boolean busy = server != null && !server.drained();
    Doing found;
    Object by = null;
    long at;
    if (session.localAnswer().underWay()) {
      found = Doing.ACTIVE;
      at = session.localAnswer().begun();
    } else if (session.lease().checkout().waiting()) {
      found = Doing.WAITING;
      at = 0;
    } else if (busy || session.blocked()) {
      found = Doing.ACTIVE;
      by = server;
      at = server == null ? 0 : server.answered();
    } else {
      boolean begun = session.status() != 'I' || session.inTransaction();
      found = begun ? Doing.IDLE_IN_TRANSACTION : Doing.IDLE;
      at = session.reads();
    }
    if (found != doing || by != worker || at != step) {
      doing = found;
      worker = by;
      step = at;
      since = now;
      cancelling = false;
    }
  }

  /** One whose BEGIN still waits for its first statement has no server, and goes on with one. */
  private void observeTransaction(long now) {
    Upstream server = session.upstream();
    if (!inTransaction(server)) {
      transactionOn = null;
      return;
    }
    Object on = server == null ? session : server;
    long withoutServer = session.transaction().endedWithoutServer();
    long number = server == null ? withoutServer : server.transactions();
    if (on == transactionOn && number == transaction) {
      return;
    }
    boolean goesOn = transactionOn == session && withoutServer == transaction;
    transactionOn = on;
    transaction = number;
    transactionSince = goesOn ? transactionSince : now;
  }

  private boolean inTransaction(@Nullable Upstream server) {
    if (doing == Doing.WAITING) {
      return false;
    }
    boolean statement =
        doing == Doing.ACTIVE && !session.localAnswer().underWay() && server != null;
    return statement || session.status() != 'I' || session.inTransaction();
  }

  // ---- what becomes of it --------------------------------------------------------------------

  private void active(long now) {
    if (!over(limits.queryNanos(), since, now)) {
      return;
    }
    if (!cancelling) {
      log("query_timeout", "the statement is cancelled");
    }
    Upstream server = session.upstream();
    if (server != null && !session.localAnswer().underWay()) {
      server.cancelReads(QUERY_TIMEOUT);
    }
    if (!cancel(now)) {
      giveUp(server);
    }
  }

  /**
   * Cancels what is under way, and again if that does not end it.
   *
   * @return false if there is no hope any more
   */
  private boolean cancel(long now) {
    if (!cancelling) {
      cancelling = true;
      cancelSince = now;
      cancelNext = now;
      cancelPause = CANCEL_AGAIN_NANOS;
    }
    if (now - cancelNext >= 0 && !session.lease().cancelUnderWay()) {
      cancelNext = now + cancelPause;
      cancelPause *= 2;
      endCopy();
      session.onCancelRequest();
    }
    return now - cancelSince < PATIENCE_NANOS;
  }

  /** A server that waits for COPY data does not look at cancel requests. */
  private void endCopy() {
    Upstream server = session.upstream();
    if (server != null && server.copyingIn() && !session.scanner().midFrame()) {
      session.scanner().cut();
      server.failCopy(QUERY_TIMEOUT);
    }
  }

  private void giveUp(@Nullable Upstream server) {
    log("query_timeout", "the cancel request is not obeyed");
    if (server == null || session.localAnswer().underWay()) {
      session.die(PgError.fatal(SqlState.QUERY_CANCELED, QUERY_TIMEOUT));
      return;
    }
    server.giveUp(
        PgError.error(SqlState.CONNECTION_FAILURE, QUERY_TIMEOUT)
            .withDetail(
                "The server did not obey cancel requests for "
                    + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS)
                    + " s, so its connection was closed.")
            .withHint("The statement may or may not have taken effect."));
  }

  private void idleInTransaction(long now) {
    if (over(limits.idleTransactionNanos(), since, now)) {
      end(
          "idle_transaction_timeout",
          0,
          SqlState.IDLE_IN_TRANSACTION_TIMEOUT,
          "terminating connection due to idle-in-transaction timeout",
          now);
    }
  }

  private void idle(long now) {
    if (over(limits.idleNanos(), since, now)) {
      end(
          "client_idle_timeout",
          0,
          SqlState.IDLE_SESSION_TIMEOUT,
          "terminating connection due to idle-session timeout",
          now);
    }
  }

  /** Within a reply the client would not understand why; a cancel request soon ends the reply. */
  private void end(String key, long late, SqlState state, String message, long now) {
    Upstream server = session.upstream();
    if (server != null && server.midReply() && late < MID_REPLY_NANOS) {
      cancel(now);
      return;
    }
    log(key, "the session is ended");
    session.die(PgError.fatal(state, message));
  }

  private void log(String key, String what) {
    LOG.info(
        "{}: {}: session={} database={} user={} client={}",
        key,
        what,
        session.id(),
        session.profile().database(),
        session.profile().user(),
        session.client().remoteAddress());
  }
}
