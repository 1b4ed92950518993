package org.pglynx.proxy.frontend;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.session.ClientDoor;
import org.pglynx.proxy.session.Origin;
import org.pglynx.proxy.transport.TlsAcceptor;

/** What connections come in by: asked for each as it is accepted, as it may have changed. */
public interface Entrance {
  /** What every client passes through. */
  ClientDoor door();

  /** With clients that want it; null if nobody gets it. */
  @Nullable TlsAcceptor tls();

  /** Whether a connection from there is wanted at all; another one is closed at once. */
  default boolean expects(SocketAddress remote) {
    return true;
  }

  /** Whom a connection from there speaks for, if that is not whoever has opened it. */
  default @Nullable Origin spokenFor(SocketAddress remote) {
    return null;
  }
}
