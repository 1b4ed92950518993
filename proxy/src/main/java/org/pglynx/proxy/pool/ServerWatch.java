package org.pglynx.proxy.pool;

import org.pglynx.proxy.wire.PgError;

/** Hears how a server treats a pool's connections. Called on any event loop; must not wait. */
public interface ServerWatch {
  /** Nobody listens. */
  ServerWatch NONE =
      new ServerWatch() {
        @Override
        public void connected() {
          // Of no concern where there is one server.
        }

        @Override
        public void failed(PgError error) {
          // The gate remembers it.
        }

        @Override
        public void lost() {
          // Of no concern where there is one server.
        }
      };

  /** A connection has been made. */
  void connected();

  /** None could be made. */
  void failed(PgError error);

  /** A connection has ended that a session used, and that the pool has not closed. */
  void lost();

  /** Whether the time from giving a connection to a session until it is back is measured. */
  default boolean timed() {
    return false;
  }
}
