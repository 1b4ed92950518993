package org.pglynx.proxy.wire;

/** Carries a {@link PgError} through code that runs off the event loops. */
public final class PgErrorException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient PgError error;

  /** The exception for the error. */
  public PgErrorException(PgError error) {
    super(error.code() + ": " + error.message());
    this.error = error;
  }

  /** What the client is told. */
  public PgError error() {
    return error;
  }
}
