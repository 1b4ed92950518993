package org.pglynx.proxy.admin;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
 */
record PoolState(
    AdminPool pool, PoolSnapshot servers, List<ClientView> clients, long ofDatabase, long ofUser) {
  /** All pools of the process. */
  static CompletionStage<List<PoolState>> all(AdminView view) {
    List<ClientView> clients = view.clients();
    CompletableFuture<List<PoolState>> all = CompletableFuture.completedFuture(List.of());
    for (AdminPool pool : view.pools()) {
      CompletionStage<PoolSnapshot> snapshot = pool.snapshot().get();
      all = all.thenCombine(snapshot, (states, servers) -> plus(states, pool, servers, clients));
    }
    return all.thenApply(PoolState::summedUp);
  }

  private static List<PoolState> plus(
      List<PoolState> states, AdminPool pool, PoolSnapshot servers, List<ClientView> clients) {
    List<PoolState> more = new ArrayList<>(states);
    List<ClientView> own = clients.stream().filter(client -> of(pool, client)).toList();
    more.add(new PoolState(pool, servers, own, 0, 0));
    return List.copyOf(more);
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
                users.getOrDefault(state.user(), 0L)))
        .toList();
  }

  private static boolean of(AdminPool pool, ClientView client) {
    return client.database().equals(pool.database().name())
        && client.user().equals(pool.user().username());
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
