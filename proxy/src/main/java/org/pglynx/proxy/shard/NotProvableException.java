package org.pglynx.proxy.shard;

/** A statement that cannot be proven to answer rightly, and why. */
final class NotProvableException extends Exception {
  private static final long serialVersionUID = 1;

  NotProvableException(String reason) {
    super(reason, null, false, false);
  }

  /** What is in the way. */
  String reason() {
    return String.valueOf(getMessage());
  }
}
