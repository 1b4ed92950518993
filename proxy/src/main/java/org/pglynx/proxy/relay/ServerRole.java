package org.pglynx.proxy.relay;

/** Which of a database's servers a statement wants. */
public enum ServerRole {
  /** Whichever the balancing chooses: a replica, or the primary if it serves reads. */
  ANY,
  /** The server that takes writes. */
  PRIMARY,
  /** A replica; the primary only if it may serve reads and no replica can. */
  REPLICA
}
