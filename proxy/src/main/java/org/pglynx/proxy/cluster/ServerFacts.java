package org.pglynx.proxy.cluster;

/**
 * What a server says of itself.
 *
 * @param recovery whether it replays another's log: a standby
 * @param position of the log: what a standby has replayed, what a primary has written
 * @param reached how much of the log it has, of which a standby may have to replay some
 * @param timeline of its log, one more with each promotion; 0 of a standby that does not receive
 *     any, or may not tell (that takes pg_read_all_stats)
 */
public record ServerFacts(boolean recovery, long position, long reached, int timeline) {
  /** A server that takes writes. */
  static ServerFacts writing(long position, int timeline) {
    return new ServerFacts(false, position, position, timeline);
  }

  /** A standby that has replayed all that it has, and does not tell of which timeline. */
  static ServerFacts replaying(long position) {
    return new ServerFacts(true, position, position, 0);
  }
}
