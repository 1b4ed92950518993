package org.pglynx.proxy.http;

/** The address for HTTP cannot be listened on. */
public final class HttpUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HttpUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
