package org.pglynx.proxy.app;

/**
 * Something that is not as the configuration says.
 *
 * @param kind what kind of thing it is
 * @param where the pool, the server and the user
 * @param message what is wrong, and what to do
 */
public record Finding(Kind kind, String where, String message) {
  /** Kinds, the worst first. */
  public enum Kind {
    /** Nobody answers there. */
    UNREACHABLE,
    /** The login is refused. */
    REFUSED,
    /** Servers are there, but not as the configuration says. */
    MISFIT,
    /** Models have no place there yet. */
    NO_SCHEMA,
    /** Worth knowing. */
    NOTE;

    /** Whether somebody should do something about it. */
    public boolean isGrave() {
      return compareTo(NO_SCHEMA) < 0;
    }
  }

  @Override
  public String toString() {
    return where + ": " + message;
  }
}
