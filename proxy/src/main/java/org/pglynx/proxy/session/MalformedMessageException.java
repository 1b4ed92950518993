package org.pglynx.proxy.session;

import java.io.Serial;

/**
 * A message of the extended protocol whose frame is whole, but whose contents break off or run on.
 * Postgres answers it with an error and skips to Sync; the session lives on.
 */
final class MalformedMessageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  MalformedMessageException(String message) {
    super(message);
  }
}
