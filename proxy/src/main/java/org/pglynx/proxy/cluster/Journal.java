package org.pglynx.proxy.cluster;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators what has become of servers, once for each change: what, why, and what follows.
 */
final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

  private final String name;
  private final Set<Host> surprising = new HashSet<>();
  private final Set<Host> strays = new HashSet<>();
  private final Set<Host> lifted = new HashSet<>();

  /**
   * A journal.
   *
   * @param name the database
   */
  Journal(String name) {
    this.name = name;
  }

  void banned(Host host, String why, long now) {
    if (host.role() == Host.Role.PRIMARY) {
      LOG.error(
          "database={} host={} the primary does not answer: {}; writes {}",
          name,
          host,
          why,
          host.auto() ? "wait for it or for another primary" : "fail until it does");
      return;
    }
    long millis =
        host.health() instanceof Health.Banned ban
            ? TimeUnit.NANOSECONDS.toMillis(ban.untilNanos() - now)
            : 0;
    LOG.warn(
        "database={} host={} banned for {} ms, then until it answers a probe: {}",
        name,
        host,
        millis,
        why);
  }

  void mute(Host host) {
    LOG.warn(
        "database={} host={} has been silent for long: sessions that wait for its answers are told so",
        name,
        host);
  }

  void back(Host host, Health.Banned ban, long now) {
    lifted.remove(host);
    LOG.info(
        "database={} host={} answers again and is used again, after {} ms; it was banned because:"
            + " {}",
        name,
        host,
        TimeUnit.NANOSECONDS.toMillis(now - ban.sinceNanos()),
        ban.why());
  }

  void bannedByOperator(Host host, long nanos) {
    LOG.warn(
        "database={} host={} banned for {} s by an operator{}",
        name,
        host,
        TimeUnit.NANOSECONDS.toSeconds(nanos),
        host.role() == Host.Role.PRIMARY ? "; it is the primary, which goes on taking writes" : "");
  }

  void drains(Host host) {
    LOG.info(
        host.draining()
            ? "database={} host={} is drained: it takes no more work, and its connections are closed"
                + " as they become free"
            : "database={} host={} is drained no more",
        name,
        host);
  }

  void unbanned(Host host) {
    LOG.info("database={} host={} is no longer banned by an operator", name, host);
  }

  /** Told once for an outage: it is lifted again and again. */
  void lifted(Host host) {
    if (lifted.add(host)) {
      LOG.warn(
          "database={} host={} all replicas are banned: the oldest ban is lifted, so that reads can"
              + " be tried somewhere",
          name,
          host);
    }
  }

  /** It answers, amid a ban that was lifted. */
  void answersLifted(Host host) {
    if (lifted.remove(host)) {
      LOG.info("database={} host={} answers again and is used again", name, host);
    }
  }

  void astray(Host host, int newestTimeline) {
    if (host.astray()) {
      LOG.warn(
          "database={} host={} is a standby that does not follow the primary (its timeline: {}, the"
              + " primary's: {}): it is read from only if there is no other, and by no session that"
              + " must find what it wrote",
          name,
          host,
          host.timeline() == 0 ? "unknown" : host.timeline(),
          newestTimeline);
    } else {
      LOG.info("database={} host={} follows the primary, and takes reads again", name, host);
    }
  }

  void lags(Host host) {
    if (host.lagging()) {
      LOG.warn(
          "database={} host={} lags by {} ms and {} bytes of the log: it takes no reads until it"
              + " has caught up",
          name,
          host,
          TimeUnit.NANOSECONDS.toMillis(host.lagNanos()),
          host.lagBytes());
    } else {
      LOG.info("database={} host={} has caught up and takes reads again", name, host);
    }
  }

  void demoted(Host host) {
    LOG.warn("database={} host={} is a standby now: writes wait for a primary", name, host);
  }

  void promoted(Host host, @Nullable Host before) {
    if (before == null) {
      LOG.info("database={} host={} is the primary, timeline {}", name, host, host.timeline());
    } else if (before == host) {
      LOG.info("database={} host={} is the primary again", name, host);
    } else {
      LOG.warn(
          "database={} host={} is the primary now, timeline {}, in place of {}: writes go there,"
              + " connections to the former one are closed",
          name,
          host,
          host.timeline(),
          before);
    }
  }

  /** A server that is not what the configuration says. */
  void checkRole(Host host, ServerFacts facts) {
    boolean expected = facts.recovery() == (host.role() == Host.Role.REPLICA);
    if (expected) {
      surprising.remove(host);
    } else if (surprising.add(host)) {
      LOG.error(
          "database={} host={} is configured as a {} and is {}; make its role \"auto\" if roles may"
              + " change",
          name,
          host,
          host.config().kind().configName(),
          facts.recovery()
              ? "a standby: writes will fail"
              : "no standby: its data may differ from the primary's");
    }
  }

  void strays(List<Host> hosts, @Nullable Host primary) {
    for (Host host : hosts) {
      if (host.role() != Host.Role.STRAY) {
        strays.remove(host);
      } else if (strays.add(host)) {
        LOG.error(
            "database={} host={} takes writes as well, on timeline {}, but the primary is {}: it"
                + " is not used; make it a standby, or shut it down",
            name,
            host,
            host.timeline(),
            primary == null ? "another one that is down" : primary);
      }
    }
  }
}
