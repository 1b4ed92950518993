package org.pglynx.proxy.transport;

/** A transport was asked for by name that this machine does not have. */
public final class TransportUnavailableException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** With what to do. */
  public TransportUnavailableException(String message) {
    super(message);
  }
}
