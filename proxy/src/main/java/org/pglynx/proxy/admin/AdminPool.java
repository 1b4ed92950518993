package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.stats.Latencies;
import org.pglynx.proxy.stats.PoolCounters.Totals;
import org.pglynx.proxy.stats.Widths;

/**
 * The server connections of one database and user.
 *
 * @param database the database as clients see it
 * @param user the user that clients log in as
 * @param snapshot asks for the pool's present state
 * @param totals what the pool has counted so far
 * @param latencies how long its work has taken so far
 * @param widths how many shards its statements have gone to so far
 * @param servers its servers one by one, in the configuration's order
 * @param paused whether nobody begins a transaction
 * @param disabled whether nobody comes in
 */
public record AdminPool(
    PoolConfig database,
    UserConfig user,
    Supplier<CompletionStage<PoolSnapshot>> snapshot,
    Supplier<Totals> totals,
    Supplier<Latencies> latencies,
    Supplier<Widths> widths,
    List<ServerState> servers,
    boolean paused,
    boolean disabled) {

  /** What tells it from others. */
  Key key() {
    return new Key(database.name(), user.username());
  }

  /** A database and a user, as clients name them. */
  record Key(String database, String user) {}
}
