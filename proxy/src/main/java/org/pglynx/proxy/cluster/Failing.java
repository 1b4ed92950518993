package org.pglynx.proxy.cluster;

/** How a server leaves a probe unanswered. */
enum Failing {
  /** It says itself that it starts or stops; sessions that it has may go on. */
  REFUSES,
  /** No connection can be made, or none that gets as far as a question. */
  UNREACHABLE,
  /** It has been asked and does not answer, or the connection was lost. */
  SILENT;

  /** Whether there is nothing to wait for. */
  boolean certain() {
    return this != SILENT;
  }

  /** Whether sessions may wait for it in vain. */
  boolean mute() {
    return this != REFUSES;
  }
}
