package org.pglynx.proxy.wire;

/** A peer sent bytes that the protocol does not allow; the connection cannot go on. */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The exception with a text that names the message and the fault. */
  public ProtocolException(String message) {
    // Without a stack trace: the text says it all, and a hostile peer must not make us walk stacks.
    super(message, null, false, false);
  }

  /** What the peer is told, with which its connection ends. */
  public PgError toError() {
    return PgError.fatal(SqlState.PROTOCOL_VIOLATION, String.valueOf(getMessage()));
  }
}
