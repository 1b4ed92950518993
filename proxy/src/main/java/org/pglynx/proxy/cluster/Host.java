package org.pglynx.proxy.cluster;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ServerKind;

/** One server of a shard: what is known of it. Confined to its {@link Roster}'s thread. */
final class Host {
  /** What a server is at the moment. */
  enum Role {
    /** Nobody has asked it yet. */
    UNKNOWN,
    /** The one that takes writes. */
    PRIMARY,
    /** A standby. */
    REPLICA,
    /** It takes writes, but another one is the primary: a former one that has come back. */
    STRAY
  }

  /** Longer than any session lives, and short enough for differences to tell which is earlier. */
  private static final long LONG_AGO_NANOS = 1L << 62;

  private final int index;
  private final ServerConfig config;
  private Role role;
  private Health health = Health.HEALTHY;
  private boolean heard;
  private boolean lagging;
  private boolean astray;
  private boolean doubtful;
  private long reached;
  private long doubtedAt;
  private boolean draining;
  private int timeline;
  private int bans;
  private long backSinceNanos;
  private int silent;
  private Health.@Nullable Banned lifted;
  private long position;
  private long lagBytes;
  private long lagNanos;

  /** Read by sessions on all event loops. */
  private volatile long replayedNanos;

  Host(int index, ServerConfig config, long now) {
    this.index = index;
    this.config = config;
    this.role =
        switch (config.kind()) {
          case PRIMARY -> Role.PRIMARY;
          case REPLICA -> Role.REPLICA;
          case AUTO -> Role.UNKNOWN;
        };
    // It has told nothing yet, and sessions may have written before it was known here.
    this.replayedNanos = now - LONG_AGO_NANOS;
    this.backSinceNanos = now;
  }

  int index() {
    return index;
  }

  ServerConfig config() {
    return config;
  }

  boolean auto() {
    return config.kind() == ServerKind.AUTO;
  }

  Role role() {
    return role;
  }

  void role(Role now) {
    role = now;
  }

  int timeline() {
    return timeline;
  }

  /** Whether it has been asked, whatever came of it. */
  boolean heard() {
    return heard;
  }

  void hear() {
    heard = true;
  }

  Health health() {
    return health;
  }

  boolean banned() {
    return health instanceof Health.Banned;
  }

  // ---- how it fares --------------------------------------------------------------------------

  void healthy(long now) {
    lifted = null;
    if (health != Health.HEALTHY) {
      health = Health.HEALTHY;
      backSinceNanos = now;
    }
  }

  /** One more probe without answer, or none yet. */
  void suspect(int unanswered) {
    health = new Health.Suspect(unanswered);
  }

  /** It has answered a probe. */
  void speaks() {
    silent = 0;
  }

  /** How many probes in a row it has left unanswered, with no word of its own. */
  int silent(Failing how) {
    silent = how.mute() ? silent + 1 : 0;
    return silent;
  }

  /**
   * Each ban of a server that comes back and fails again is twice as long as the one before; those
   * that last long count as one, and one whose ban was lifted before its time only goes on with it.
   *
   * @return whether it begins now
   */
  boolean ban(String why, BanReason reason, long longestNanos, long now) {
    Health.Banned before = lifted;
    if (before != null) {
      health = new Health.Banned(why, reason, false, now, before.untilNanos());
    } else {
      bans = now - backSinceNanos < longestNanos ? Math.min(bans + 1, 30) : 1;
      long nanos = Math.min(1_000_000_000L << (bans - 1), longestNanos);
      health = new Health.Banned(why, reason, false, now, now + nanos);
    }
    lifted = null;
    return before == null;
  }

  /** The ban ends before its time, for want of a better server. */
  void lift(Health.Banned ban) {
    lifted = ban;
    health = new Health.Suspect(0);
  }

  void banByOperator(long nanos, long now) {
    health =
        new Health.Banned("ordered by an operator", BanReason.ADMIN_BAN, true, now, now + nanos);
  }

  // ---- where it is ---------------------------------------------------------------------------

  void facts(ServerFacts facts) {
    position = facts.position();
    timeline = facts.timeline();
    reached = facts.reached();
    doubtful &= reached <= doubtedAt;
  }

  /**
   * There is another primary. A standby that had more of the former one's log than the successor
   * cannot follow: it stays where it is, and that is no place in the new log. One that does follow
   * gets more before long, as a promotion writes to the log itself.
   */
  void doubt() {
    doubtful = true;
    doubtedAt = reached;
  }

  /**
   * Whether what a standby replays is the log of the present primary, as far as it can be told.
   *
   * @param primaryTimeline of that primary, or 0
   */
  boolean follows(int primaryTimeline) {
    return timeline > 0 ? timeline >= primaryTimeline : !doubtful;
  }

  /** It replays another log than the primary's: its position there says nothing. */
  boolean astray() {
    return astray;
  }

  void astray(boolean now) {
    astray = now;
  }

  /** A standby has told how far it is. */
  void replayed(LogPositions primary, long now) {
    replayedNanos = primary.replayedAt(position, replayedNanos);
    lagBytes = primary.known() ? Math.max(primary.latest() - position, 0) : 0;
    lagNanos = primary.lagNanos(position, now);
  }

  /** It has all there is: it is the primary. */
  void leads() {
    lagBytes = 0;
    lagNanos = 0;
    lagging = false;
    astray = false;
    doubtful = false;
  }

  boolean lagging() {
    return lagging;
  }

  void lagging(boolean now) {
    lagging = now;
  }

  /** Whether an operator wants it to be free of work, so that it takes none any more. */
  boolean draining() {
    return draining;
  }

  void draining(boolean now) {
    draining = now;
  }

  long lagBytes() {
    return lagBytes;
  }

  long lagNanos() {
    return lagNanos;
  }

  long position() {
    return position;
  }

  /** All that the primary had committed at this moment is there. Any thread. */
  long replayedNanos() {
    return replayedNanos;
  }

  /** The word for its state. */
  String stateName() {
    if (draining) {
      return "draining";
    }
    return switch (health) {
      case Health.Healthy _ ->
          astray || role == Role.STRAY ? "stray" : lagging ? "lagging" : "healthy";
      case Health.Suspect _ -> "suspect";
      case Health.Banned _ -> "banned";
    };
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
