package org.pglynx.proxy.relay;

/** Which of a database's servers a statement wants. */
public enum ServerRole {
  /** Whichever the balancing chooses, the primary among them. */
  ANY,
  /** The server that takes writes. */
  PRIMARY,
  /** A replica; the primary only if no replica will do and the configuration lets it read. */
  REPLICA,
  /** A replica, never the primary. */
  STANDBY,
  /** A replica; the primary while there is none. */
  PREFER_STANDBY,
  /** The primary; a replica while there is none. For what only reads, and best the newest. */
  PREFER_PRIMARY
}
