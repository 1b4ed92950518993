package org.pglynx.proxy.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.BalancingConfig;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.config.ServerKind;

/**
 * The servers of a shard, and what follows from what is heard of them: who is the primary, who may
 * be read from. It neither asks nor waits; confined to one thread.
 *
 * <pre>
 *  servers said to be "auto", together:
 *
 *                    all heard of, one takes writes, on the newest timeline
 *   NO PRIMARY ────────────────────────────────────────────────────────────► LED BY ONE ──┐
 *       ▲                                                                       │   ▲     │ another one
 *       └── it is a standby now, or two probes in a row had no answer ──────────┘   └─────┘ on a newer
 *                                                                                           timeline
 * </pre>
 *
 * <p>A promotion begins a new timeline, so a former primary that comes back is known by its older
 * one: it is never written to, nor read from.
 */
final class Roster {
  /** Hears what those who use the servers must act upon. */
  interface Events {
    /**
     * A standby has been silent for so long that what it was asked will not be answered, either.
     */
    void mute(Host host, String why);

    /** It can be used again. */
    void back(Host host);

    /** An operator wants it to be free of work, or no longer. */
    void drains(Host host);

    /** It was the primary, and is no longer. */
    void deposed(Host host, Host successor);
  }

  /** Unanswered probes in a row after which a server is banned. */
  private static final int PATIENCE = 2;

  /**
   * The same, after which a standby's sessions are told that they wait in vain. It may be merely
   * busy: to end what it works on for a hiccup would send all that to the others, and then on.
   */
  private static final int LONG_PATIENCE = 5;

  private final BalancingConfig config;
  private final List<Host> hosts = new ArrayList<>();
  private final LogPositions log = new LogPositions();
  private final Events events;
  private final Journal journal;
  private final long longestBanNanos;
  private final boolean elects;
  private @Nullable Host primary;
  private @Nullable Host former;
  private int newestTimeline;

  /**
   * Nothing is known yet.
   *
   * @param name the database, for messages
   */
  Roster(String name, List<ServerConfig> servers, BalancingConfig config, Events events, long now) {
    this.config = config;
    this.events = events;
    this.journal = new Journal(name);
    this.longestBanNanos = TimeUnit.SECONDS.toNanos(config.health().banSeconds());
    for (ServerConfig server : servers) {
      hosts.add(new Host(hosts.size(), server, now));
    }
    this.elects = hosts.stream().anyMatch(Host::auto);
    this.primary =
        hosts.stream()
            .filter(host -> host.config().kind() == ServerKind.PRIMARY)
            .findFirst()
            .orElse(null);
  }

  List<Host> hosts() {
    return hosts;
  }

  Host host(int index) {
    return hosts.get(index);
  }

  @Nullable Host primary() {
    return primary;
  }

  // ---- what is heard -------------------------------------------------------------------------

  /**
   * A server has answered.
   *
   * @param facts what it says of itself; null if it answers but lets nobody in who asks
   * @param askedNanos when it was asked
   */
  void answered(Host host, @Nullable ServerFacts facts, long askedNanos, long now) {
    host.hear();
    host.speaks();
    recover(host, facts != null && !facts.recovery(), now);
    if (facts != null) {
      host.facts(facts);
      if (host.auto()) {
        settleRole(host, facts);
      } else {
        journal.checkRole(host, facts);
      }
      place(host, facts, askedNanos, now);
    }
    elect();
  }

  /**
   * A standby that fails and comes back, again and again, is kept away longer each time; but there
   * is no other server to write to.
   */
  private void recover(Host host, boolean takesWrites, long now) {
    switch (host.health()) {
      case Health.Healthy _ -> {
        // As before.
      }
      case Health.Suspect _ -> {
        host.healthy(now);
        journal.answersLifted(host);
      }
      case Health.Banned ban -> {
        if (ban.over(now) || (takesWrites && !ban.byOperator())) {
          host.healthy(now);
          journal.back(host, ban, now);
          events.back(host);
        }
      }
    }
  }

  private void settleRole(Host host, ServerFacts facts) {
    if (facts.recovery()) {
      if (host == primary) {
        journal.demoted(host);
        noPrimary();
      }
      host.role(Host.Role.REPLICA);
    } else if (host != primary) {
      host.role(Host.Role.STRAY);
    }
  }

  private void noPrimary() {
    former = primary;
    primary = null;
  }

  /** The newest timeline wins; one that is older than what was seen before is a relic. */
  private void elect() {
    if (!elects || !settled()) {
      return;
    }
    Host best = primary;
    for (Host host : hosts) {
      boolean claims = host.role() == Host.Role.STRAY;
      if (claims && host.timeline() > (best == null ? newestTimeline - 1 : best.timeline())) {
        best = host;
      }
    }
    if (best != null && best != primary) {
      promote(best);
    }
    journal.strays(hosts, primary);
  }

  private void promote(Host host) {
    Host before = primary == null ? former : primary;
    if (primary != null) {
      primary.role(Host.Role.STRAY);
    }
    host.role(Host.Role.PRIMARY);
    host.leads();
    drain(host, false);
    primary = host;
    newestTimeline = host.timeline();
    log.forget();
    journal.promoted(host, before);
    if (before != null && before != host) {
      hosts.forEach(Host::doubt);
      host.leads();
    }
    if (before != null && before != host) {
      events.deposed(before, host);
    }
  }

  private void place(Host host, ServerFacts facts, long askedNanos, long now) {
    if (host == primary && !facts.recovery()) {
      newestTimeline = Math.max(newestTimeline, facts.timeline());
      log.sample(askedNanos, facts.position());
    } else if (facts.recovery()) {
      judgeLine(host);
      if (!host.astray()) {
        host.replayed(log, now);
        judgeLag(host);
      }
    }
  }

  /** Where a standby of another primary is in its log cannot be compared with this one's. */
  private void judgeLine(Host host) {
    boolean astray = !host.follows(newestTimeline);
    if (host.astray() != astray) {
      host.astray(astray);
      journal.astray(host, newestTimeline);
    }
  }

  private void judgeLag(Host host) {
    boolean late =
        config.maxLagMillis() > 0
            && host.lagNanos() > TimeUnit.MILLISECONDS.toNanos(config.maxLagMillis());
    boolean far = config.maxLagBytes() > 0 && host.lagBytes() > config.maxLagBytes();
    if (host.lagging() != (late || far)) {
      host.lagging(late || far);
      journal.lags(host);
    }
  }

  /** A server has not answered. */
  void unanswered(Host host, String why, Failing how, long now) {
    host.hear();
    int silent = host.silent(how);
    switch (host.health()) {
      case Health.Healthy _ -> {
        if (how.certain()) {
          ban(host, why, BanReason.FAILED_CHECKOUT, now);
        } else {
          host.suspect(1);
        }
      }
      case Health.Suspect suspect -> {
        if (how.certain()) {
          ban(host, why, BanReason.FAILED_CHECKOUT, now);
        } else if (suspect.unanswered() + 1 >= PATIENCE) {
          ban(host, why, BanReason.FAILED_HEALTH_CHECK, now);
        } else {
          host.suspect(suspect.unanswered() + 1);
        }
      }
      case Health.Banned _ -> {
        // Until it answers: a long outage is no relapse, and the server is used as soon as it is
        // back.
      }
    }
    if (silent == LONG_PATIENCE && host.role() == Host.Role.REPLICA) {
      journal.mute(host);
      events.mute(host, why);
    }
    elect();
  }

  private void ban(Host host, String why, BanReason reason, long now) {
    if (host.ban(why, reason, longestBanNanos, now)) {
      journal.banned(host, why, now);
    }
    if (host.auto() && host.role() != Host.Role.REPLICA) {
      host.role(Host.Role.UNKNOWN);
      if (host == primary) {
        noPrimary();
      }
    }
  }

  /**
   * Something went wrong with a server's connections.
   *
   * @return whether it is to be asked at once how it is
   */
  boolean doubt(Host host) {
    if (host.health() != Health.HEALTHY) {
      return false;
    }
    host.suspect(0);
    return true;
  }

  // ---- what operators say --------------------------------------------------------------------

  void banByOperator(Host host, long nanos, long now) {
    host.banByOperator(nanos, now);
    journal.bannedByOperator(host, nanos);
  }

  /**
   * An operator wants the server to be free of work, or no longer; one that has become the primary
   * cannot be.
   *
   * @return whether that was not so before
   */
  boolean drain(Host host, boolean on) {
    if (host.draining() == on) {
      return false;
    }
    host.draining(on);
    journal.drains(host);
    events.drains(host);
    return true;
  }

  /** Ends a ban, whoever has imposed it. */
  boolean unban(Host host, long now) {
    if (!host.banned()) {
      return false;
    }
    host.healthy(now);
    journal.unbanned(host);
    events.back(host);
    return true;
  }

  /**
   * Bans of operators end without a probe, too: a server that answers none was not banned for it.
   */
  void expire(long now) {
    for (Host host : hosts) {
      if (host.health() instanceof Health.Banned ban && ban.byOperator() && ban.over(now)) {
        unban(host, now);
      }
    }
  }

  // ---- what follows --------------------------------------------------------------------------

  /** Who is to be used now. */
  View view(long now) {
    return new Choice(this, config).view(now);
  }

  /** Whether all have been asked that must be, to know what they are. */
  boolean settled() {
    return hosts.stream().allMatch(host -> !host.auto() || host.heard());
  }

  boolean elects() {
    return elects;
  }

  /** All who could be read from are banned: the one that was banned first is tried again. */
  @Nullable Host liftOldest() {
    Host oldest = null;
    Health.@Nullable Banned first = null;
    for (Host host : hosts) {
      if (host.role() == Host.Role.REPLICA
          && !host.draining()
          && host.health() instanceof Health.Banned ban
          && !ban.byOperator()
          && (first == null || ban.sinceNanos() - first.sinceNanos() < 0)) {
        oldest = host;
        first = ban;
      }
    }
    if (oldest != null && first != null) {
      oldest.lift(first);
      journal.lifted(oldest);
      events.back(oldest);
    }
    return oldest;
  }
}
