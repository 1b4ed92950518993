package org.pglynx.proxy.shard;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/**
 * Gives sessions of one event loop a server of each shard at once. They are asked for one after
 * another, in the order of the shards: so no two sessions can each hold what the other waits for.
 */
final class ScatterProvider implements UpstreamProvider {
  private final List<UpstreamProvider> shards;
  private final Map<Waiter, Gathering> gatherings = new HashMap<>();

  ScatterProvider(List<UpstreamProvider> shards) {
    this.shards = shards;
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    Gathering gathering = new Gathering(waiter);
    gathering.goOn();
    if (gathering.complete()) {
      return gathering.scatter;
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

  /** The servers that one session has got so far. */
  private final class Gathering {
    private final Waiter waiter;
    private final ScatterGather scatter;
    private int next;
    private @Nullable Place pending;

    Gathering(Waiter waiter) {
      this.waiter = waiter;
      this.scatter = new ScatterGather(waiter.downstream(), shards.size());
    }

    boolean complete() {
      return next == shards.size();
    }

    void goOn() {
      while (!complete()) {
        Place place = new Place(this, scatter.parts().get(next));
        pending = place;
        Upstream given = shards.get(next).open(place);
        if (given == null) {
          return;
        }
        take(place, given);
      }
    }

    private void take(Place place, Upstream given) {
      place.part.serves(given);
      pending = null;
      next++;
    }

    void arrived(Place place, Upstream given) {
      take(place, given);
      goOn();
      PgError early = scatter.early();
      if (complete() && early != null) {
        refused(early);
      } else if (complete()) {
        gatherings.remove(waiter);
        waiter.onUpstream(scatter);
      }
    }

    void refused(PgError error) {
      gatherings.remove(waiter);
      scatter.abandon();
      waiter.onRefused(error);
    }

    void withdraw() {
      Place place = pending;
      if (place != null) {
        shards.get(next).withdraw(place);
      }
      scatter.abandon();
    }
  }

  /** Waits for the server of one shard. */
  private static final class Place implements Waiter {
    private final Gathering gathering;
    private final ShardPart part;
    private long since;

    Place(Gathering gathering, ShardPart part) {
      this.gathering = gathering;
      this.part = part;
    }

    @Override
    public Downstream downstream() {
      return part;
    }

    @Override
    public ServerRole role() {
      return gathering.waiter.role();
    }

    @Override
    public boolean servedBy(long replayedNanos) {
      return gathering.waiter.servedBy(replayedNanos);
    }

    @Override
    public void onUpstream(Upstream upstream) {
      gathering.arrived(this, upstream);
    }

    @Override
    public void onRefused(PgError error) {
      gathering.refused(error);
    }

    @Override
    public long waitingSinceNanos() {
      return since;
    }

    @Override
    public void waitingSinceNanos(long nanos) {
      since = nanos;
    }
  }
}
