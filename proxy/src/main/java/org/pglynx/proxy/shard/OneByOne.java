package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;

/**
 * What cannot run in a transaction, and so not on all shards or on none: it runs on one shard after
 * the other, and tells how far it has come.
 *
 * @param sql the statement
 */
record OneByOne(String sql) implements Plan {
  @Override
  public ShardRoute anywhere(Shards shards) {
    return new ShardRoute.To(shards.shard(shards.unchosen()));
  }

  @Override
  public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
    return new ShardRoute.To(shards.together(), new Run(sql));
  }

  /** One execution. */
  record Run(String sql) implements SteppedRun {
    /** It could not be undone by a transaction around it. */
    @Override
    public boolean writes() {
      return false;
    }

    @Override
    public boolean returnsRows() {
      return false;
    }

    @Override
    public Steps steps(ScatterGather whole, boolean query) {
      return new OneByOneSteps(whole, sql, query);
    }
  }
}
