package org.pglynx.proxy.admin;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ServerConfig;

/**
 * One of several servers behind a database.
 *
 * @param database as clients see it
 * @param server its part of the configuration
 * @param role unknown, primary, replica or stray
 * @param state healthy, suspect, banned, lagging, draining or stray
 * @param ban why it takes no sessions, or null
 * @param position of its log, as far as it is known
 * @param timeline of its log; 0 of a standby that does not tell
 * @param lagBytes how much of the log it has yet to replay
 * @param lagNanos how long ago the primary was where it is
 * @param given how often it was given to a session so far
 */
public record HostRow(
    String database,
    ServerConfig server,
    String role,
    String state,
    @Nullable Ban ban,
    long position,
    int timeline,
    long lagBytes,
    long lagNanos,
    long given) {
  /**
   * A ban.
   *
   * @param reason one of pgcat's words
   * @param why in the server's words
   * @param ageNanos since it began
   * @param leftNanos until it may end; 0 if it ends with the next answer
   */
  public record Ban(String reason, String why, long ageNanos, long leftNanos) {}

  /** Whether this is the server of the pool, and takes no sessions. */
  boolean bans(String pool, ServerState other) {
    return ban != null && database.equals(pool) && server.equals(other.server());
  }

  /** Whether this is the server, and it is to be free of work. */
  boolean drains(String pool, String host, int port) {
    return state.equals("draining")
        && database.equals(pool)
        && server.host().equals(host)
        && server.port() == port;
  }

  /** The position as PostgreSQL writes it. */
  @Nullable String lsn() {
    return position == 0
        ? null
        : Long.toHexString(position >>> 32).toUpperCase(Locale.ROOT)
            + "/"
            + Long.toHexString(position & 0xFFFF_FFFFL).toUpperCase(Locale.ROOT);
  }
}
