package org.pglynx.proxy.auth;

/** A peer's SASL message cannot be accepted. Never leaves this package. */
final class ScramException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Step.Kind kind;

  private ScramException(Step.Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  static ScramException malformed(String message) {
    return new ScramException(Step.Kind.PROTOCOL_VIOLATION, message);
  }

  static ScramException unsupported(String message) {
    return new ScramException(Step.Kind.NOT_SUPPORTED, message);
  }

  static ScramException notBound(String message) {
    return new ScramException(Step.Kind.NOT_BOUND, message);
  }

  Step.Kind kind() {
    return kind;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
