package org.pglynx.proxy.ml;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Makes the server's time limits mean for a call that computes for long what they mean for a
 * statement. {@code statement_timeout} holds from the call's start to its end, the wait for a
 * thread included. {@code idle_in_transaction_session_timeout} holds before and behind it: to the
 * server a connection looks idle that the proxy computes for. The server is asked for them before
 * such a call begins, so wherever they are set, they are those of the caller.
 */
final class CallTimeouts {
  /** For a call that is a statement of the server's, or over at once. */
  static final CallTimeouts NONE = new CallTimeouts(null);

  private static final String SETTINGS =
      "SELECT (pg_catalog.date_part('epoch',"
          + " pg_catalog.current_setting('statement_timeout')::interval) * 1000)::bigint,"
          + " pg_catalog.current_setting('idle_in_transaction_session_timeout')";

  private static final String SET_IDLE =
      "SELECT pg_catalog.set_config('idle_in_transaction_session_timeout', $1, true)";

  private final @Nullable Executor executor;

  private CallTimeouts(@Nullable Executor executor) {
    this.executor = executor;
  }

  /**
   * The caller's.
   *
   * @param executor has a thread for each call
   */
  static CallTimeouts of(Executor executor) {
    return new CallTimeouts(executor);
  }

  /** What is held to them; begins on the session's loop. */
  interface Work {
    Stoppable start(AnswerContext context, End end);
  }

  /** Is told before the client that the work has ended well. A failed transaction needs no word. */
  interface End {
    void succeeded() throws PgErrorException, InterruptedException;
  }

  /**
   * What the server says.
   *
   * @param nanos how long a statement may take; 0 is without limit
   * @param idle how long the caller's transaction may be idle, if it has begun; null if it may
   */
  private record Settings(long nanos, @Nullable String idle) {}

  /** What the server would say of a statement that takes too long. */
  static PgError exceeded() {
    return PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to statement timeout");
  }

  /** How long a statement may take; 0 is without limit. */
  static long statementNanos(AnswerContext context) throws PgErrorException, InterruptedException {
    try (SqlSession session = context.servers().openToRead()) {
      return settings(session).nanos();
    }
  }

  /** Starts the work; stops it when its time is over. */
  Cancellable start(AnswerContext context, Work work) {
    if (executor == null) {
      return work.start(context, () -> {});
    }
    long began = System.nanoTime();
    Stages stages = new Stages();
    stages.begin(
        Job.start(
            executor,
            stop -> {
              Settings settings = begin(context);
              TimedContext timed = new TimedContext(context);
              End end = () -> end(context, settings);
              context
                  .loop()
                  .execute(() -> stages.next(() -> timed.started(work.start(timed, end)), context));
              if (settings.nanos() > 0) {
                timed.stopAfter(settings.nanos() - (System.nanoTime() - began));
              }
            },
            context::fail));
    return stages;
  }

  private static Settings begin(AnswerContext context)
      throws PgErrorException, InterruptedException {
    try (SqlSession session = context.servers().openToRead()) {
      Settings settings = settings(session);
      if (settings.idle() != null) {
        session.query(SET_IDLE, "0");
      }
      return settings;
    }
  }

  private static Settings settings(SqlSession session)
      throws PgErrorException, InterruptedException {
    @Nullable String[] row = session.one(SETTINGS).rows().get(0);
    String idle = Rows.text(row, 1);
    return new Settings(
        TimeUnit.MILLISECONDS.toNanos(Rows.int8(row, 0)),
        session.callersTransaction() && !idle.equals("0") ? idle : null);
  }

  private static void end(AnswerContext context, Settings settings)
      throws PgErrorException, InterruptedException {
    String idle = settings.idle();
    if (idle != null) {
      try (SqlSession session = context.servers().open()) {
        session.query(SET_IDLE, idle);
      }
    }
  }
}
