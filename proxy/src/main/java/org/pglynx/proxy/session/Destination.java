package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;

/**
 * Whose servers a session's next statement needs, and whose the one in use is; of a database of one
 * server both are always those of the session's place, which is null here. It says where, and asks
 * for nothing. Confined to the session's event loop.
 */
final class Destination {
  /** Where a transaction has its servers from that is on several shards. */
  private static final UpstreamProvider EVERYWHERE =
      new UpstreamProvider() {
        @Override
        public @Nullable Upstream open(Waiter waiter) {
          throw new IllegalStateException("the servers of a transaction are not opened again");
        }

        @Override
        public void withdraw(Waiter waiter) {
          // Nobody waits here.
        }
      };

  private final @Nullable UpstreamProvider own;
  private final @Nullable Shards shards;
  private @Nullable UpstreamProvider wanted;
  private @Nullable UpstreamProvider present;
  private @Nullable Merging merging;

  /**
   * Those of the place.
   *
   * @param own the servers of the place; null if it has none
   * @param shards null if there is but one
   */
  Destination(@Nullable UpstreamProvider own, @Nullable Shards shards) {
    this.own = own;
    this.shards = shards;
  }

  /** Whether the server in use, if there is one, is what the next statement needs. */
  boolean reached() {
    return wanted == present;
  }

  /** Whose servers the next statement needs; null for those of the place. */
  @Nullable UpstreamProvider wanted() {
    return wanted;
  }

  /** Whose the server in use is, or was; null for the place. */
  @Nullable UpstreamProvider present() {
    return present;
  }

  /** The next statement needs one of these, and its answers become one so. */
  void is(UpstreamProvider servers, @Nullable Merging how) {
    wanted = servers;
    merging = how;
  }

  /** The next statement needs the server in use. */
  void stays() {
    wanted = present;
  }

  /** The next statement is for several of the shards that the transaction is on, or any of them. */
  void isEverywhere() {
    present = EVERYWHERE;
  }

  /**
   * Who is to be asked for a server, which is then the one in use; null if there is nobody. What
   * was for all shards of a transaction that has ended meanwhile is for any.
   */
  @Nullable UpstreamProvider leave() {
    if (wanted == EVERYWHERE && shards != null) {
      wanted = shards.shard(shards.unchosen());
    }
    return wanted == null ? own : wanted;
  }

  /** One of those that are wanted is, or will be, in use. */
  void reach() {
    present = wanted;
  }

  /** Servers of these have joined the one in use. */
  void joined(@Nullable UpstreamProvider from) {
    present = from;
  }

  /** Whether the server has joined others, and those that are wanted are among them. */
  boolean among(Upstream server) {
    return server instanceof Spread spread && wanted != null && spread.covers(wanted);
  }

  /**
   * Says to a server that has just come how its answers become one, or that they are as they come:
   * to one that has been in use it may have been said otherwise.
   */
  void tell(Upstream server) {
    server.merging(merging);
  }
}
