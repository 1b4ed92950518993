package org.pglynx.proxy.frontend;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.session.ClientDoor;
import org.pglynx.proxy.transport.TlsAcceptor;

/** What connections come in by: asked for each as it is accepted, as it may have changed. */
public interface Entrance {
  /** What every client passes through. */
  ClientDoor door();

  /** With clients that want it; null if nobody gets it. */
  @Nullable TlsAcceptor tls();
}
