package org.pglynx.proxy.relay;

/** Something under way that a cancel request or the client's leaving stops. */
public interface Cancellable {
  /** Nothing to stop: the work is done already. */
  Cancellable DONE = () -> {};

  /**
   * Asks it to stop soon; it then fails with 57014. Called on the session's event loop, at most
   * once, possibly after the end.
   */
  void cancel();
}
