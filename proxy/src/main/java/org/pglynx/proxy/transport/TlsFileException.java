package org.pglynx.proxy.transport;

import java.nio.file.Path;

/** A file with a certificate or a key cannot be used. */
public final class TlsFileException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  TlsFileException(Path file, String why) {
    super(file + ": " + why);
  }

  TlsFileException(Path file, Exception cause) {
    this(file.toString(), cause);
  }

  TlsFileException(String what, Exception cause) {
    super(what + ": " + reason(cause), cause);
  }

  private static String reason(Exception cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
