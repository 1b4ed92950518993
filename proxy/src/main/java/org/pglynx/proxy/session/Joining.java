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
  private @Nullable UpstreamProvider joining;

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
  boolean possible() {
    boolean open = session.status() == 'T' || session.status() == 'I' && session.unsynced();
    return open && lease.destination().wanted() != null;
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
  boolean attach(Upstream present) {
    UpstreamProvider servers = lease.destination().wanted();
    if (servers == null || !lease.quiet()) {
      return false;
    }
    if (present instanceof Spread spread && spread.covers(servers) && !history.ended()) {
      turns(spread, () -> spread.aim(servers));
      lease.joined(spread, servers);
      return true;
    }
    Checkout checkout = lease.checkout();
    PgError obstacle = history.obstacle();
    if (obstacle != null) {
      checkout.refuse(obstacle);
      return false;
    }
    joining = servers;
    checkout.roleAsGiven();
    Upstream given =
        checkout.open(
            shards.joining(present, lease.destination().present(), servers, history.given()));
    if (given == null) {
      return false;
    }
    came(given);
    return true;
  }

  /** The servers that were to join are there. */
  void came(Upstream given) {
    UpstreamProvider from = joining;
    joining = null;
    lease.joined(given, from);
  }
}
