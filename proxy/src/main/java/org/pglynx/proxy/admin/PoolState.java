package org.pglynx.proxy.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.session.ClientView;

/**
 * A pool, its server connections and its clients at about the same moment.
 *
 * @param pool the pool
 * @param servers its server connections
 * @param clients its clients
 */
record PoolState(AdminPool pool, PoolSnapshot servers, List<ClientView> clients) {
  /** All pools of the process. */
  static CompletionStage<List<PoolState>> all(AdminView view) {
    List<ClientView> clients = view.clients();
    CompletableFuture<List<PoolState>> all = CompletableFuture.completedFuture(List.of());
    for (AdminPool pool : view.pools()) {
      CompletionStage<PoolSnapshot> snapshot = pool.snapshot().get();
      all = all.thenCombine(snapshot, (states, servers) -> plus(states, pool, servers, clients));
    }
    return all;
  }

  private static List<PoolState> plus(
      List<PoolState> states, AdminPool pool, PoolSnapshot servers, List<ClientView> clients) {
    List<PoolState> more = new ArrayList<>(states);
    more.add(new PoolState(pool, servers, clients.stream().filter(c -> of(pool, c)).toList()));
    return List.copyOf(more);
  }

  private static boolean of(AdminPool pool, ClientView client) {
    return client.database().equals(pool.database().name())
        && client.user().equals(pool.user().username());
  }

  /** The database as clients see it. */
  String database() {
    return pool.database().name();
  }

  /** The user that clients log in as. */
  String user() {
    return pool.user().username();
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
