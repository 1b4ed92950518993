package org.pglynx.proxy.cluster;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.BalancingConfig;

/**
 * Makes a {@link View} of what is known. Whom reads may go to, the best there are: healthy ones of
 * this zone; healthy ones; suspect ones; the primary, if it may serve reads; those that follow a
 * former one; the one whose ban is the oldest.
 */
final class Choice {
  private final Roster roster;
  private final BalancingConfig config;

  Choice(Roster roster, BalancingConfig config) {
    this.roster = roster;
    this.config = config;
  }

  View view(long now) {
    int[] replicas = replicas();
    int[] any = best(host -> host == roster.primary() || readable(host));
    Host primary = roster.primary();
    if (any.length == 0) {
      any = primary == null ? replicas : new int[] {primary.index()};
    }
    return new View(primary == null ? View.NONE : primary.index(), roster.settled(), replicas, any);
  }

  private int[] replicas() {
    int[] found = best(Choice::readable);
    Host primary = roster.primary();
    if (found.length > 0) {
      return found;
    }
    if (config.primaryReads() && primary != null && !primary.banned()) {
      return new int[] {primary.index()};
    }
    found = best(host -> host.role() == Host.Role.REPLICA && host.astray() && !host.draining());
    if (found.length > 0) {
      return found;
    }
    @Nullable Host lifted = roster.liftOldest();
    return lifted == null ? found : new int[] {lifted.index()};
  }

  private static boolean readable(Host host) {
    return host.role() == Host.Role.REPLICA
        && !host.lagging()
        && !host.astray()
        && !host.draining();
  }

  private int[] best(Predicate<Host> fit) {
    List<Host> healthy =
        roster.hosts().stream()
            .filter(host -> fit.test(host) && host.health() == Health.HEALTHY)
            .toList();
    if (healthy.isEmpty()) {
      healthy = roster.hosts().stream().filter(host -> fit.test(host) && !host.banned()).toList();
    }
    List<Host> near =
        healthy.stream()
            .filter(host -> !config.zone().isEmpty() && host.config().zone().equals(config.zone()))
            .toList();
    return (near.isEmpty() ? healthy : near).stream().mapToInt(Host::index).toArray();
  }
}
