package org.pglynx.proxy.relay;

import org.pglynx.proxy.wire.PgErrorException;

/** Opens server connections for work inside the proxy, with the rights of the session's user. */
public interface ServerSessions {
  /**
   * Opens a conversation with the server: on the caller's own connection while it is inside a
   * transaction (its temp tables and uncommitted rows are visible, and all that is written is the
   * caller's to commit), else on a connection of the caller's pool, which {@link SqlSession#close}
   * gives back. Blocks; never called on an event loop.
   *
   * @throws PgErrorException if no connection can be had in time, or the server refuses
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  SqlSession open() throws PgErrorException, InterruptedException;

  /**
   * As {@link #open}, for what only reads: outside of transactions a replica serves it while there
   * is no primary.
   */
  default SqlSession openToRead() throws PgErrorException, InterruptedException {
    return open();
  }
}
