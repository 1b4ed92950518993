package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/**
 * How the open transaction of a session comes to further shards: when all is answered, between two
 * of its batches or amid one. A batch that is in no transaction is one until its Sync, and so gets
 * a transaction of the proxy's own when it comes to a second shard.
 *
 * <pre>
 *             a statement needs a shard that is not in it       its server is there
 *   (nothing) ──────────────────────────────────────────► JOINING ─────────────────► (nothing)
 *                                                           └── refused: the statement fails
 * </pre>
 */
final class Joining {
  private final Session session;
  private final ServerLease lease;
  private final Shards shards;
  private final TransactionHistory history;
  private @Nullable UpstreamProvider asked;
  private @Nullable UpstreamProvider wanted;

  Joining(Session session, ServerLease lease, Shards shards) {
    this.session = session;
    this.lease = lease;
    this.shards = shards;
    this.history = new TransactionHistory(session);
  }

  TransactionHistory history() {
    return history;
  }

  /** Whether the session is in a transaction that has not failed, or amid a batch. */
  boolean possible(@Nullable UpstreamProvider servers) {
    boolean open = session.status() == 'T' || session.status() == 'I' && session.unsynced();
    return servers != null && open;
  }

  /**
   * What comes next goes elsewhere among those that are in it.
   *
   * @param aim says where
   * @return false if that must wait
   */
  boolean turns(Spread spread, Runnable aim) {
    if (!lease.quiet()) {
      return false;
    }
    if (!history.inBlock()) {
      spread.opens();
    }
    aim.run();
    return true;
  }

  /** As {@link ServerLease#attach}. */
  boolean attach(
      Upstream present, @Nullable UpstreamProvider source, @Nullable UpstreamProvider servers) {
    if (servers == null || !lease.quiet()) {
      return false;
    }
    if (present instanceof Spread spread && spread.covers(servers) && !history.ended()) {
      turns(spread, () -> spread.aim(servers));
      lease.joined(spread, servers);
      return true;
    }
    PgError obstacle = history.obstacle();
    if (obstacle != null) {
      lease.refuse(obstacle);
      return false;
    }
    UpstreamProvider joining = shards.joining(present, source, servers, history.given());
    asked = joining;
    wanted = servers;
    lease.asksForMore();
    Upstream given = joining.open(lease);
    if (given == null) {
      lease.waits();
      return false;
    }
    came(given);
    return true;
  }

  /** Whether the servers that have come were to join. */
  boolean came(Upstream given) {
    if (asked == null) {
      return false;
    }
    UpstreamProvider from = wanted;
    over();
    lease.joined(given, from);
    return true;
  }

  /** Nothing is asked for any more. */
  void over() {
    asked = null;
    wanted = null;
  }

  /** Takes back what it has asked for; whether it had. */
  boolean withdraws() {
    UpstreamProvider pending = asked;
    over();
    if (pending == null) {
      return false;
    }
    pending.withdraw(lease);
    return true;
  }
}
