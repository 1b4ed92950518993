package org.pglynx.proxy.shard;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/** Gives sessions of one event loop a server of each of some shards at once. */
final class ScatterProvider implements UpstreamProvider {
  private final ShardServers servers;
  private final BitSet members;
  private final Map<Waiter, Gathering> gatherings = new HashMap<>();

  ScatterProvider(ShardServers servers, BitSet members) {
    this.servers = servers;
    this.members = (BitSet) members.clone();
  }

  /** Of which shards. */
  BitSet members() {
    return members;
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    ScatterGather scatter = new ScatterGather(waiter.downstream(), servers);
    Gathering gathering =
        new Gathering(
            waiter, servers.shards(), scatter.who().parts(members), new Complete(waiter, scatter));
    if (gathering.goOn()) {
      scatter.aim(this);
      return scatter;
    }
    gatherings.put(waiter, gathering);
    return null;
  }

  @Override
  public void withdraw(Waiter waiter) {
    Gathering gathering = gatherings.remove(waiter);
    if (gathering != null) {
      gathering.withdraw();
    }
  }

  private final class Complete implements Gathering.End {
    private final Waiter waiter;
    private final ScatterGather scatter;

    Complete(Waiter waiter, ScatterGather scatter) {
      this.waiter = waiter;
      this.scatter = scatter;
    }

    @Override
    public void complete() {
      gatherings.remove(waiter);
      scatter.aim(ScatterProvider.this);
      waiter.onUpstream(scatter);
    }

    @Override
    public void refused(PgError error) {
      gatherings.remove(waiter);
      waiter.onRefused(error);
    }
  }
}
