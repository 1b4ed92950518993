package org.pglynx.proxy.dashboard;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong, as Postgres tells it.
 *
 * @param sqlState its code
 * @param message in one line
 * @param detail more of it
 * @param hint what to do about it
 * @param position where in the statement, counted in characters from 1; 0 is nowhere
 * @param where what the server was at, such as a line of a copy
 */
record Fault(
    String sqlState,
    String message,
    @Nullable String detail,
    @Nullable String hint,
    int position,
    @Nullable String where) {

  static Fault of(String sqlState, String message) {
    return new Fault(sqlState, message, null, null, 0, null);
  }

  Fault withHint(String said) {
    return new Fault(sqlState, message, detail, said, position, where);
  }

  /** The same with the line of the file that it is about. */
  Fault inLine(long line) {
    return new Fault(sqlState, "line " + line + ": " + message, detail, hint, position, where);
  }

  /** To be thrown. */
  FaultException toException() {
    return new FaultException(this);
  }
}
