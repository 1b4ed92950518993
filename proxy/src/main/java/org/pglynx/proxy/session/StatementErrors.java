package org.pglynx.proxy.session;

import java.util.Set;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Errors about prepared statements that Postgres reports, where the proxy knows first: in the
 * server's words, and under the name of the function that reports them there. File and line differ
 * from version to version, and are left out.
 */
final class StatementErrors {
  private static final Set<String> IN_ANY_STATE =
      Set.of(SqlState.SYNTAX_ERROR.code(), SqlState.FEATURE_NOT_SUPPORTED.code());

  private StatementErrors() {}

  /** A Parse, or PREPARE, of a name that is taken. */
  static PgError exists(String name) {
    return PgError.error(
            SqlState.DUPLICATE_STATEMENT, "prepared statement \"" + name + "\" already exists")
        .withRoutine("StorePreparedStatement");
  }

  /** A name that nothing was prepared under. */
  static PgError doesNotExist(String name) {
    return PgError.error(
            SqlState.INVALID_STATEMENT_NAME, "prepared statement \"" + name + "\" does not exist")
        .withRoutine("FetchPreparedStatement");
  }

  /** An EXECUTE that was prepared for a statement of the name that has been replaced since. */
  static PgError otherResult() {
    return PgError.error(SqlState.FEATURE_NOT_SUPPORTED, "cached plan must not change result type")
        .withHint("The EXECUTE was prepared for another statement of that name: prepare it anew.");
  }

  /** The unnamed statement, to be bound or described. */
  static PgError unnamedDoesNotExist(boolean describes) {
    return PgError.error(
            SqlState.INVALID_STATEMENT_NAME, "unnamed prepared statement does not exist")
        .withRoutine(describes ? "exec_describe_statement_message" : "exec_bind_message");
  }

  /**
   * Why a text is refused. In a failed transaction Postgres looks at nothing but its grammar; what
   * is not supported at all is told there, too, as the text may have a ROLLBACK in it.
   *
   * @param why what is wrong with it
   * @param status of the client's transaction
   */
  static PgError refusal(PgError why, byte status, String routine) {
    return status != 'E' || IN_ANY_STATE.contains(why.code()) ? why : aborted(routine);
  }

  /** A message in a failed transaction; the function is that of the message. */
  static PgError aborted(String routine) {
    return PgError.error(
            SqlState.FAILED_TRANSACTION,
            "current transaction is aborted, commands ignored until end of transaction block")
        .withRoutine(routine);
  }
}
