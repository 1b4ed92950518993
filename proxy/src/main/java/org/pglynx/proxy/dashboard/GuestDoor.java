package org.pglynx.proxy.dashboard;

import java.io.IOException;
import java.net.Socket;
import org.pglynx.proxy.wire.PgErrorException;

/** Leads into the proxy itself, as one of its clients. */
@FunctionalInterface
public interface GuestDoor {
  /**
   * A connection on which nothing has been said; blocks.
   *
   * @param guest who is behind it
   * @throws PgErrorException if nobody may come in by here
   */
  Socket enter(Guest guest) throws IOException, PgErrorException;
}
