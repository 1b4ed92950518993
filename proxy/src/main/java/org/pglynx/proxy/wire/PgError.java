package org.pglynx.proxy.wire;

import org.jspecify.annotations.Nullable;

/**
 * An error or notice as it goes into ErrorResponse or NoticeResponse.
 *
 * @param severity ERROR keeps the session, FATAL ends it; notices use INFO, NOTICE, WARNING
 * @param code the SQLSTATE, five characters
 * @param message the one line that says what is wrong
 * @param detail more facts, or null
 * @param hint what to do about it, or null
 * @param routine the function of Postgres that reports this error, by which some clients tell
 *     errors of one SQLSTATE apart; or null
 */
public record PgError(
    Severity severity,
    String code,
    String message,
    @Nullable String detail,
    @Nullable String hint,
    @Nullable String routine) {

  /** Severities in the protocol's own words. */
  public enum Severity {
    /** The statement failed; the session lives. */
    ERROR,
    /** The session ends. */
    FATAL,
    /** A notice of importance. */
    WARNING,
    /** A notice. */
    NOTICE,
    /** Progress that the client always sees. */
    INFO
  }

  /** An error or notice that no function of Postgres reports. */
  public PgError(
      Severity severity,
      String code,
      String message,
      @Nullable String detail,
      @Nullable String hint) {
    this(severity, code, message, detail, hint, null);
  }

  /** An error that the session survives. */
  public static PgError error(SqlState state, String message) {
    return new PgError(Severity.ERROR, state.code(), message, null, null);
  }

  /** An error that ends the session. */
  public static PgError fatal(SqlState state, String message) {
    return new PgError(Severity.FATAL, state.code(), message, null, null);
  }

  /** A notice. */
  public static PgError notice(Severity severity, String message) {
    SqlState state = severity == Severity.WARNING ? null : SqlState.SUCCESSFUL_COMPLETION;
    return new PgError(severity, state == null ? "01000" : state.code(), message, null, null);
  }

  /** The same with a DETAIL line. */
  public PgError withDetail(@Nullable String newDetail) {
    return new PgError(severity, code, message, newDetail, hint, routine);
  }

  /** The same with a HINT line. */
  public PgError withHint(@Nullable String newHint) {
    return new PgError(severity, code, message, detail, newHint, routine);
  }

  /** The same, as reported by this function of Postgres. */
  public PgError withRoutine(@Nullable String newRoutine) {
    return new PgError(severity, code, message, detail, hint, newRoutine);
  }

  /** The same, but it ends the session. */
  public PgError fatal() {
    return new PgError(Severity.FATAL, code, message, detail, hint, routine);
  }

  /** As an exception, for code off the event loops. */
  public PgErrorException toException() {
    return new PgErrorException(this);
  }
}
