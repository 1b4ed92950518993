package org.pglynx.proxy.dashboard;

/** Too many have failed to log in. */
final class TooSoonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long seconds;

  TooSoonException(long seconds) {
    super("too many failed logins: wait for " + seconds + " s", null, false, false);
    this.seconds = seconds;
  }

  long seconds() {
    return seconds;
  }
}
