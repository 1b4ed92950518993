package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.relay.UpstreamProvider;

/**
 * Has the frame in hand go where {@link ShardRouting} has decided: by the servers that the session
 * has, if it is in a transaction or a batch, or by those that it is to have.
 */
final class ShardAim {
  private final Session session;
  private final Shards shards;
  private final ShardChoice choice;
  private final ExtendedQueries extended;
  private final SeveralServers several;

  ShardAim(
      Session session,
      Shards shards,
      ShardChoice choice,
      ExtendedQueries extended,
      SeveralServers several) {
    this.session = session;
    this.shards = shards;
    this.choice = choice;
    this.extended = extended;
    this.several = several;
  }

  /** Whether the server in use is that of a transaction or a batch. */
  boolean bound() {
    return session.inTransaction();
  }

  /** To these servers, whose answers become one so. */
  void to(UpstreamProvider servers, @Nullable Merging how) {
    session.lease().routeTo(servers, how);
  }

  /** To the shard that the client has chosen. */
  void toChosen() {
    to(shards.shard(choice.shard()), null);
  }

  /** Where the session is; anywhere if it is nowhere. */
  void stay() {
    if (session.upstream() != null) {
      session.lease().staysWhereItIs();
    } else if (choice.made()) {
      toChosen();
    } else {
      to(shards.shard(shards.unchosen()), null);
    }
  }

  /** As {@link #stay}, but between two batches of a transaction to all shards that it is on. */
  void stayOnAll() {
    if (bound() && !extended.unsynced()) {
      several.aimAtAll();
    } else {
      stay();
    }
  }

  /**
   * As {@link #stay}, but on one shard.
   *
   * @return false if that must wait
   */
  boolean onOne() {
    if (!(session.upstream() instanceof Spread spread) || spread.aimedAt() < 2) {
      stay();
      return true;
    }
    if (bound() && extended.unsynced()) {
      return several.turns(false);
    }
    if (bound()) {
      several.aimAtAnyOne();
    } else {
      to(shards.shard(shards.unchosen()), null);
    }
    return true;
  }
}
