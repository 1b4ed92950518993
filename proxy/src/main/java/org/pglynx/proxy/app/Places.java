package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.pool.Doorway;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.shard.ShardedDatabase;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.PgError;

/**
 * What a pool's sessions on one event loop use, whatever servers are behind it now.
 *
 * @param loop the loop
 * @param doors to the servers, one for each shard
 * @param counters what the sessions count into
 * @param place what they are given
 */
record Places(
    EventLoop loop, List<Doorway> doors, PoolCounters counters, SessionProfile.Place place) {

  /** Of servers that may be replaced by others of the same kind. */
  static Places of(CurrentSupply current, EventLoop loop, Commits commits) {
    Servers servers = current.get().servers();
    List<Doorway> doors = servers.providers(loop).stream().map(Doorway::new).toList();
    PoolCounters counters = new PoolCounters();
    ShardedDatabase sharding = servers.sharding();
    List<UpstreamProvider> providers = List.copyOf(doors);
    SessionProfile.Place place =
        new SessionProfile.Place(
            doors.getFirst(),
            pipes(current, loop),
            counters,
            hub(current),
            sharding == null ? null : sharding.on(providers, commits.on(loop, pool(current))));
    return new Places(loop, doors, counters, place);
  }

  private static String pool(CurrentSupply current) {
    return current.get().database().name() + "/" + current.get().user().username();
  }

  private static ServerPipe.@Nullable Provider pipes(CurrentSupply current, EventLoop loop) {
    return current.get().servers().pipes(loop) == null
        ? null
        : (startup, receiver) ->
            Objects.requireNonNull(current.get().servers().pipes(loop)).open(startup, receiver);
  }

  private static @Nullable NotificationHub hub(CurrentSupply current) {
    return current.get().servers().hub() == null
        ? null
        : new HubDoor(() -> Objects.requireNonNull(current.get().servers().hub()));
  }

  /** The doors lead to other servers, and who waits for the former ones waits on there. */
  void leadTo(Servers after, Servers before) {
    List<UpstreamProvider> providers = after.providers(loop);
    for (int i = 0; i < doors.size(); i++) {
      doors.get(i).leadTo(providers.get(i));
    }
    before.retireOn(loop, doors);
  }

  void shut() {
    doors.forEach(Doorway::shut);
  }

  void open() {
    doors.forEach(Doorway::open);
  }

  void dismiss(PgError why) {
    doors.forEach(door -> door.dismiss(why));
  }
}
