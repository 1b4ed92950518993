package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.ServerState;
import org.pglynx.proxy.admission.AutoPools;
import org.pglynx.proxy.auth.ScramKeys;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.commit.Settlement;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ShardConfig;
import org.pglynx.proxy.config.UserConfig;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.stats.Latencies;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.stats.Widths;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * A database and user, configured or made on demand: the policy of its sessions, and its server
 * connections, which sessions reach through doors that stay while the connections are replaced.
 * Changed by one thread at a time, read by any.
 */
final class ServerPool implements AutoPools.Pool {
  private final Map<EventLoop, Places> places;
  private final Watches watches;
  private final List<Servers> retired = new CopyOnWriteArrayList<>();
  private volatile PoolCounters.Totals gone = PoolCounters.Totals.ZERO;
  private final CurrentSupply supply;
  private volatile SessionProfile profile;
  private volatile @Nullable PgError refusal;
  private volatile boolean paused;

  /**
   * What is done for a pool by and by.
   *
   * @param catalog asks the database about its functions; null if there is but one server
   * @param settlement of transactions over several shards; null if there are none
   */
  record Watches(@Nullable CatalogWatch catalog, @Nullable Settlement settlement) {
    private void close() {
      if (catalog != null) {
        catalog.close();
      }
      if (settlement != null) {
        settlement.close();
      }
    }
  }

  /**
   * One that is open.
   *
   * @param watches what is done for it by and by
   */
  ServerPool(
      CurrentSupply supply,
      Map<EventLoop, Places> places,
      SessionProfile profile,
      Watches watches) {
    this.watches = watches;
    this.supply = supply;
    this.places = Map.copyOf(places);
    this.profile = profile;
  }

  // ---- facts -----------------------------------------------------------------------------------

  /** Its part of the configuration. */
  PoolConfig database() {
    return supply.get().database();
  }

  /** Its part of the configuration. */
  UserConfig user() {
    return supply.get().user();
  }

  /** Its server connections, as sessions get them from now on. */
  Supply supply() {
    return supply.get();
  }

  @Override
  public SessionProfile profile() {
    return profile;
  }

  /** Whether it is the pool of this database and user. */
  boolean is(String database, String user) {
    return database().name().equals(database) && user().username().equals(user);
  }

  /** All server connections at about the same moment. */
  CompletionStage<PoolSnapshot> snapshot() {
    CompletionStage<PoolSnapshot> sum = supply.get().servers().snapshot();
    for (Servers earlier : retired) {
      for (ConnectionPool pool : earlier.pools()) {
        sum = sum.thenCombine(pool.pooled(), PoolSnapshot::plus);
      }
    }
    return sum;
  }

  /** Its servers one by one, in the configuration's order. */
  List<ServerState> servers() {
    Supply present = supply.get();
    List<ConnectionPool> pools = present.servers().pools();
    List<ServerState> states = new ArrayList<>();
    for (ShardConfig shard : present.database().shards().values()) {
      for (int i = 0; i < shard.servers().size(); i++) {
        ConnectionPool pool = pools.get(states.size());
        states.add(
            new ServerState(
                shard.number(), i, shard.servers().get(i), shard.database(), pool::pooled));
      }
    }
    return states;
  }

  /** What its sessions and its pools have counted, those that are gone included. */
  PoolCounters.Totals totals() {
    PoolCounters.Totals sum = gone.plus(supply.get().servers().totals());
    for (Servers earlier : retired) {
      sum = sum.plus(earlier.totals());
    }
    for (Places each : places.values()) {
      sum = sum.plus(each.counters().totals());
    }
    return sum;
  }

  Widths widths() {
    Widths sum = Widths.NONE;
    for (Places each : places.values()) {
      sum = sum.plus(each.counters().widths());
    }
    return sum;
  }

  Latencies latencies() {
    Latencies sum = Latencies.NONE;
    for (Places each : places.values()) {
      sum = sum.plus(each.counters().latencies());
    }
    return sum;
  }

  /** Whether there are server connections, or some on their way. */
  boolean connected() {
    return connections().anyMatch(ConnectionPool::connected);
  }

  private Stream<ConnectionPool> connections() {
    return Stream.concat(supply.get().servers().pools().stream(), Servers.pools(retired));
  }

  // ---- clients come in -------------------------------------------------------------------------

  /**
   * Somebody comes in who has proved who it is.
   *
   * @param secret what the proof was held against; null if nothing was known
   * @param keys what a SCRAM proof has left; null for another
   * @throws PgErrorException if nobody may come in any more
   */
  SessionProfile enter(@Nullable StoredSecret secret, @Nullable ScramKeys keys)
      throws PgErrorException {
    PgError why = refusal;
    if (why != null) {
      throw why.toException();
    }
    SessionProfile entered = profile;
    if (!entered.occupancy().enter()) {
      throw removed().toException();
    }
    learn(secret, keys);
    return entered;
  }

  /** What a client has proved tells how to log in to the server, too. */
  void learn(@Nullable StoredSecret secret, @Nullable ScramKeys keys) {
    supply.get().learn(secret, keys);
  }

  /** What is told to who comes too late. */
  PgError removed() {
    return PgError.fatal(
            SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command")
        .withDetail(
            "The configuration no longer has user \""
                + user().username()
                + "\" of database \""
                + database().name()
                + "\".");
  }

  /** Nobody comes in any more, or, with null, everybody again. */
  void refuse(@Nullable PgError why) {
    refusal = why;
  }

  // ---- it changes ------------------------------------------------------------------------------

  /** Sessions that begin from now on have this policy. */
  void admitUnder(SessionProfile changed) {
    profile = changed;
  }

  /** Other settings and limits, to the same server with the same login. */
  void adjust(Supply changed) {
    supply.set(changed);
  }

  /** Those that are closed are counted once and for all. */
  private void forget() {
    for (Servers earlier : List.copyOf(retired)) {
      if (earlier.pools().stream().noneMatch(ConnectionPool::connected)) {
        retired.remove(earlier);
        gone = gone.plus(earlier.totals());
      }
    }
  }

  /** Other connections: those that are there end as they come back. */
  void replace(Supply changed) {
    Servers before = supply.get().servers();
    Servers after = changed.servers();
    forget();
    retired.add(before);
    supply.set(changed);
    after.pools().forEach(pool -> pool.rest(paused));
    places.forEach((loop, place) -> loop.execute(() -> place.leadTo(after, before)));
    before.retired(after);
    profile.forgetReported();
  }

  /** Closes idle connections now and used ones when they come back, and opens others. */
  void reconnect() {
    supply.get().servers().pools().forEach(ConnectionPool::reconnect);
  }

  /** Whether connections are left that have to be replaced. */
  boolean renewing() {
    return supply.get().servers().pools().stream().anyMatch(ConnectionPool::renewing)
        || Servers.pools(retired).anyMatch(ConnectionPool::connected);
  }

  // ---- it is paused ----------------------------------------------------------------------------

  /** Nobody begins a transaction; connections are closed, used ones when they come back. */
  void pause() {
    places.forEach((loop, place) -> loop.execute(place::shut));
    // Only now: who reads it, and asks each loop then, finds each door shut.
    paused = true;
    supply.get().servers().pools().forEach(pool -> pool.rest(true));
  }

  /** Whoever waits goes on. */
  void resume() {
    paused = false;
    supply.get().servers().pools().forEach(pool -> pool.rest(false));
    places.forEach((loop, place) -> loop.execute(place::open));
  }

  /** Whoever waits for the end of the pause is told that it does not come. */
  void dismiss(PgError why) {
    places.forEach((loop, place) -> loop.execute(() -> place.dismiss(why)));
  }

  boolean paused() {
    return paused;
  }

  @Override
  public void close() {
    watches.close();
    supply.get().servers().close();
    retired.forEach(Servers::close);
  }
}
