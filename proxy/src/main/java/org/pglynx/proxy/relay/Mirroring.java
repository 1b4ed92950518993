package org.pglynx.proxy.relay;

/** Lets others have what is sent to a server. Confined to an event loop. */
public interface Mirroring {
  /** Nobody else gets anything. */
  Mirroring NONE = (server, receiver) -> server;

  /**
   * A session gets a connection that nobody uses.
   *
   * @param receiver gets its replies
   * @return what the session is to use in its place
   */
  Upstream join(Upstream server, Downstream receiver);

  /** Both, one after the other. */
  default Mirroring and(Mirroring other) {
    return (server, receiver) -> other.join(join(server, receiver), receiver);
  }
}
