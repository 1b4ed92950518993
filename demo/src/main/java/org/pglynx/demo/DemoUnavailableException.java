package org.pglynx.demo;

/** The demo cannot start, for a reason that the user can remove; the message says how. */
final class DemoUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  DemoUnavailableException(String message) {
    super(message);
  }

  DemoUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
