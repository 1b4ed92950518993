package org.pglynx.proxy.admission;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.session.Occupancy;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Pools that are made when somebody first comes in to them, for users and databases called {@code
 * *}. There are at most so many; one that nobody has used for a while is closed, and the one unused
 * longest makes room for a new one. Safe for many threads: two first logins at once make one pool,
 * and nobody comes in to one that is being closed.
 *
 * @param <P> what a pool is made of
 */
public final class AutoPools<P extends AutoPools.Pool> {
  /** One that can be entered and closed. */
  public interface Pool {
    /** The policy of its sessions. */
    SessionProfile profile();

    /** Closes its server connections. */
    void close();
  }

  /**
   * A pool's name.
   *
   * @param database as clients name it
   * @param user as clients name it
   */
  public record Key(String database, String user) {}

  private final Map<Key, P> pools = new ConcurrentHashMap<>();
  private final int limit;
  private final long idleNanos;
  private final LongSupplier nanos;

  /**
   * No pool yet.
   *
   * @param limit the most pools
   * @param idleMillis how long a pool outlives its last session; 0 is for ever
   * @param nanos the clock
   */
  public AutoPools(int limit, long idleMillis, LongSupplier nanos) {
    this.limit = limit;
    this.idleNanos = TimeUnit.MILLISECONDS.toNanos(idleMillis);
    this.nanos = nanos;
  }

  /**
   * Comes in to a pool, which is made if it is not there.
   *
   * @throws PgErrorException if there are too many pools, all of them in use
   */
  public P enter(Key key, Supplier<P> maker) throws PgErrorException {
    P present = pools.get(key);
    return present != null && occupancy(present).enter() ? present : made(key, maker);
  }

  private synchronized P made(Key key, Supplier<P> maker) throws PgErrorException {
    P present = pools.get(key);
    if (present != null && occupancy(present).enter()) {
      return present;
    }
    pools.remove(key);
    if (pools.size() >= limit) {
      makeRoom();
    }
    P fresh = maker.get();
    occupancy(fresh).enter();
    pools.put(key, fresh);
    return fresh;
  }

  private void makeRoom() throws PgErrorException {
    long now = nanos.getAsLong();
    Optional<Map.Entry<Key, P>> oldest =
        pools.entrySet().stream()
            .filter(entry -> occupancy(entry.getValue()).count() == 0)
            .max(Comparator.comparingLong(entry -> occupancy(entry.getValue()).emptyNanos(now)));
    if (oldest.isEmpty() || !closed(oldest.get().getKey(), oldest.get().getValue())) {
      throw PgError.fatal(SqlState.INSUFFICIENT_RESOURCES, "too many pools are in use")
          .withDetail("Pools are made for each database and user; max_auto_pools is " + limit + ".")
          .toException();
    }
  }

  /** Closes the pools that nobody has used for too long. */
  public void sweep() {
    if (idleNanos == 0) {
      return;
    }
    long now = nanos.getAsLong();
    for (Map.Entry<Key, P> entry : List.copyOf(pools.entrySet())) {
      if (occupancy(entry.getValue()).emptyNanos(now) >= idleNanos) {
        closed(entry.getKey(), entry.getValue());
      }
    }
  }

  private boolean closed(Key key, P pool) {
    if (!occupancy(pool).retire()) {
      return false;
    }
    pools.remove(key, pool);
    pool.close();
    return true;
  }

  private static Occupancy occupancy(Pool pool) {
    return pool.profile().occupancy();
  }

  /** The pool with the name, if it is there. */
  public @Nullable P find(Key key) {
    return pools.get(key);
  }

  /** Forgets a pool, which is the caller's to close; who comes later makes another. */
  public synchronized void remove(Key key) {
    pools.remove(key);
  }

  /** All pools that are there now. */
  public Collection<P> all() {
    return List.copyOf(pools.values());
  }
}
