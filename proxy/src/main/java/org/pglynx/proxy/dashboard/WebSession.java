package org.pglynx.proxy.dashboard;

import org.jspecify.annotations.Nullable;

/**
 * Somebody's stay: who that is for the console, and who for a database. Safe for many threads.
 *
 * <pre>
 *   (login) ──▶ OPEN ──logout, too long without a request, too old, too many──▶ ENDED
 * </pre>
 *
 * Who is at the console may log in to a database as well, and the other way round; each login gives
 * a new session with what the former one had.
 */
final class WebSession {
  private final String id;
  private final String token;
  private final long beganNanos;
  private final @Nullable Credentials console;
  private final @Nullable Credentials database;
  private final TrainingRuns trainings;
  private final RunningStatements statements;
  private final Uploads uploads = new Uploads();
  private volatile long usedNanos;

  /**
   * @param id what the cookie says
   * @param token what requests that change something must say as well
   */
  WebSession(
      String id,
      String token,
      long nowNanos,
      @Nullable Credentials console,
      @Nullable Credentials database,
      TrainingRuns trainings,
      RunningStatements statements) {
    this.id = id;
    this.token = token;
    this.beganNanos = nowNanos;
    this.usedNanos = nowNanos;
    this.console = console;
    this.database = database;
    this.trainings = trainings;
    this.statements = statements;
  }

  String id() {
    return id;
  }

  String token() {
    return token;
  }

  @Nullable Credentials console() {
    return console;
  }

  @Nullable Credentials database() {
    return database;
  }

  /** The trainings that have been begun in it. */
  TrainingRuns trainings() {
    return trainings;
  }

  /** The statements that have been typed in it and run. */
  RunningStatements statements() {
    return statements;
  }

  /** The files that are being sent in it. */
  Uploads uploads() {
    return uploads;
  }

  /** Ends what has been begun in it. */
  void endWork() {
    trainings.cancelAll();
    statements.cancelAll();
    uploads.abortAll();
  }

  void used(long nowNanos) {
    usedNanos = nowNanos;
  }

  /** Since the login. */
  long ageNanos(long nowNanos) {
    return nowNanos - beganNanos;
  }

  /** Since the last request; none while a training runs. */
  long idleNanos(long nowNanos) {
    return trainings.running() ? 0 : nowNanos - usedNanos;
  }
}
