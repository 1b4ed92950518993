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
 */
record Fault(
    String sqlState, String message, @Nullable String detail, @Nullable String hint, int position) {

  static Fault of(String sqlState, String message) {
    return new Fault(sqlState, message, null, null, 0);
  }

  Fault withHint(String said) {
    return new Fault(sqlState, message, detail, said, position);
  }

  /** To be thrown. */
  FaultException toException() {
    return new FaultException(this);
  }
}
