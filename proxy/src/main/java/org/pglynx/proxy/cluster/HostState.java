package org.pglynx.proxy.cluster;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ServerConfig;

/**
 * A server at a moment, for the console.
 *
 * @param config its part of the configuration
 * @param role unknown, primary, replica or stray
 * @param state healthy, suspect, banned, lagging, draining or stray
 * @param ban why it is banned, or null
 * @param position of its log, as far as it is known
 * @param timeline of its log; 0 of a standby that does not tell
 * @param lagBytes how much of the log it has yet to replay
 * @param lagNanos how long ago the primary was where it is
 * @param given how often it was given to a session so far
 */
public record HostState(
    ServerConfig config,
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
   * @param byOperator whether an operator has ordered it
   * @param ageNanos since it began
   * @param leftNanos until it may end; 0 if it ends with the next answer
   */
  public record Ban(
      BanReason reason, String why, boolean byOperator, long ageNanos, long leftNanos) {}

  static HostState of(Host host, long given, long now) {
    Ban ban =
        host.health() instanceof Health.Banned banned
            ? new Ban(
                banned.reason(),
                banned.why(),
                banned.byOperator(),
                now - banned.sinceNanos(),
                Math.max(banned.untilNanos() - now, 0))
            : null;
    return new HostState(
        host.config(),
        host.role().name().toLowerCase(Locale.ROOT),
        host.stateName(),
        ban,
        host.position(),
        host.timeline(),
        host.lagBytes(),
        host.lagNanos(),
        given);
  }
}
