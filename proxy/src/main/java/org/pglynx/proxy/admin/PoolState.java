package org.pglynx.proxy.admin;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.pglynx.proxy.config.SupplyConfig;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.session.ClientView;

/**
 * A pool, its server connections and its clients at about the same moment.
 *
 * @param pool the pool
 * @param servers its server connections
 * @param clients its clients
 * @param ofDatabase server connections of the database, whatever the user
 * @param ofUser server connections of the user, whatever the database
 * @param each the servers one by one, where that was asked for
 */
record PoolState(
    AdminPool pool,
    PoolSnapshot servers,
    List<ClientView> clients,
    long ofDatabase,
    long ofUser,
    List<Server> each) {
  /**
   * One of its servers.
   *
   * @param state the server
   * @param snapshot the pool's connections to it
   * @param banned whether it takes no sessions
   */
  record Server(ServerState state, PoolSnapshot snapshot, boolean banned) {}

  /** All pools of the process. */
  static CompletionStage<List<PoolState>> all(AdminView view) {
    return all(view, pool -> CompletableFuture.completedFuture(List.of()));
  }

  /** The same with each server by itself. */
  static CompletionStage<List<PoolState>> withServers(AdminView view) {
    return view.hosts().thenCompose(hosts -> all(view, pool -> servers(pool, hosts)));
  }

  private static CompletionStage<List<Server>> servers(AdminPool pool, List<HostRow> hosts) {
    CompletableFuture<List<Server>> all = CompletableFuture.completedFuture(List.of());
    for (ServerState state : pool.servers()) {
      boolean banned = hosts.stream().anyMatch(host -> host.bans(pool.database().name(), state));
      all =
          all.thenCombine(
              state.connections().get(),
              (before, snapshot) -> plus(before, new Server(state, snapshot, banned)));
    }
    return all;
  }

  private static CompletionStage<List<PoolState>> all(
      AdminView view, Function<AdminPool, CompletionStage<List<Server>>> servers) {
    Map<AdminPool.Key, List<ClientView>> clients =
        view.clients().stream()
            .collect(groupingBy(client -> new AdminPool.Key(client.database(), client.user())));
    CompletableFuture<List<PoolState>> all = CompletableFuture.completedFuture(List.of());
    for (AdminPool pool : view.pools()) {
      List<ClientView> own = clients.getOrDefault(pool.key(), List.of());
      CompletionStage<PoolState> state =
          pool.snapshot()
              .get()
              .thenCombine(
                  servers.apply(pool),
                  (snapshot, each) -> new PoolState(pool, snapshot, own, 0, 0, each));
      all = all.thenCombine(state, PoolState::plus);
    }
    return all.thenApply(PoolState::summedUp);
  }

  private static <T> List<T> plus(List<T> some, T more) {
    List<T> all = new ArrayList<>(some);
    all.add(more);
    return List.copyOf(all);
  }

  /** Limits of databases and users hold for all their pools together. */
  private static List<PoolState> summedUp(List<PoolState> states) {
    Map<String, Long> databases =
        states.stream()
            .collect(groupingBy(PoolState::database, summingLong(PoolState::connections)));
    Map<String, Long> users =
        states.stream().collect(groupingBy(PoolState::user, summingLong(PoolState::connections)));
    return states.stream()
        .map(state ->
            new PoolState(
                state.pool,
                state.servers,
                state.clients,
                databases.getOrDefault(state.database(), 0L),
                users.getOrDefault(state.user(), 0L),
                state.each))
        .toList();
  }

  /** What tells it from others. */
  AdminPool.Key key() {
    return pool.key();
  }

  /** The database as clients see it. */
  String database() {
    return pool.database().name();
  }

  /** The user that clients log in as. */
  String user() {
    return pool.user().username();
  }

  /** What is configured of its server connections. */
  SupplyConfig supply() {
    return pool.user().supply();
  }

  /** How many clients are in the state. */
  long clients(String state) {
    return clients.stream().filter(client -> client.state().equals(state)).count();
  }

  /** How many clients keep their server between transactions. */
  long pinned() {
    return clients.stream().filter(client -> !client.pinned().isEmpty()).count();
  }

  /** How many server connections are in the state. */
  long servers(String state) {
    return servers.count(state);
  }

  /** Server connections, those being opened among them. */
  long connections() {
    return (long) servers.servers().size() + servers.connecting();
  }
}
