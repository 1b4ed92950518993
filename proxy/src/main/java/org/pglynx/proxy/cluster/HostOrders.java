package org.pglynx.proxy.cluster;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * What operators say of the servers behind a database: that they are banned, or take no more work.
 * It may be said on any thread, and is done on the cluster's loop.
 */
public final class HostOrders {
  private final String name;
  private final Roster roster;
  private final EventLoop loop;
  private final LongSupplier clock;
  private final Runnable publish;

  /**
   * Of a cluster.
   *
   * @param name the database
   * @param loop on which the roster is kept
   * @param publish lets the pools act on what has changed
   */
  HostOrders(String name, Roster roster, EventLoop loop, LongSupplier clock, Runnable publish) {
    this.name = name;
    this.roster = roster;
    this.loop = loop;
    this.clock = clock;
    this.publish = publish;
  }

  /**
   * Bans all servers of the host name or address, or the one of {@code host:port}.
   *
   * @return those that were not banned by an operator before
   */
  public CompletionStage<List<HostState>> ban(String hostName, long seconds) {
    long nanos = TimeUnit.SECONDS.toNanos(seconds);
    return each(
        hostName,
        host -> {
          boolean fresh = !(host.health() instanceof Health.Banned ban && ban.byOperator());
          roster.banByOperator(host, nanos, clock.getAsLong());
          return fresh;
        });
  }

  /**
   * Ends the bans of all servers of the host name or address, or that of {@code host:port}.
   *
   * @return those that were banned
   */
  public CompletionStage<List<HostState>> unban(String hostName) {
    return each(hostName, host -> roster.unban(host, clock.getAsLong()));
  }

  /**
   * Lets the servers of the host name or address, or of that and a port, take no more work; what
   * they are at ends as if nothing had been said.
   *
   * @return those that did before; fails if the primary is among them, as writes have no other
   *     place
   */
  public CompletionStage<List<HostState>> drain(String hostName) {
    return CompletableFuture.supplyAsync(roster::primary, loop)
        .thenCompose(primary -> {
          if (primary != null && meant(hostName, primary)) {
            return CompletableFuture.failedFuture(isPrimary(primary).toException());
          }
          return each(hostName, host -> roster.drain(host, true));
        });
  }

  private PgError isPrimary(Host primary) {
    return PgError.error(
            SqlState.NOT_IN_PREREQUISITE_STATE,
            "the server at "
                + primary
                + " is the primary of "
                + name
                + ": its writes have no other place")
        .withHint("Promote another server first, or let clients wait with PAUSE " + name + ".");
  }

  /**
   * Lets them take work again.
   *
   * @return those that did not
   */
  public CompletionStage<List<HostState>> undrain(String hostName) {
    return each(hostName, host -> roster.drain(host, false));
  }

  /** What operators have said of the servers holds for those that take their place. */
  public void inherit(HostOrders earlier) {
    CompletionStage<Void> _ =
        CompletableFuture.supplyAsync(earlier::all, earlier.loop).thenAcceptAsync(this::obey, loop);
  }

  private record Order(ServerConfig server, long banNanos, boolean draining) {}

  private List<Order> all() {
    long now = clock.getAsLong();
    return roster.hosts().stream()
        .map(host ->
            new Order(
                host.config(),
                host.health() instanceof Health.Banned ban && ban.byOperator()
                    ? ban.untilNanos() - now
                    : 0,
                host.draining()))
        .toList();
  }

  private void obey(List<Order> orders) {
    for (Order order : orders) {
      for (Host host : roster.hosts()) {
        if (host.config().sameAddress(order.server())) {
          if (order.banNanos() > 0) {
            roster.banByOperator(host, order.banNanos(), clock.getAsLong());
          }
          if (order.draining() && host.role() != Host.Role.PRIMARY) {
            roster.drain(host, true);
          }
        }
      }
    }
    publish.run();
  }

  private CompletionStage<List<HostState>> each(String hostName, Predicate<Host> act) {
    return CompletableFuture.supplyAsync(
        () -> {
          List<HostState> done = new ArrayList<>();
          for (Host host : roster.hosts()) {
            if (meant(hostName, host) && act.test(host)) {
              done.add(HostState.of(host, 0, clock.getAsLong()));
            }
          }
          publish.run();
          return done;
        },
        loop);
  }

  /** By the name, or by name and port, where several servers are on one machine. */
  private static boolean meant(String named, Host host) {
    String hostName = host.config().host();
    return named.equals(hostName) || named.equals(hostName + ":" + host.config().port());
  }
}
