package org.pglynx.proxy.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/**
 * The servers that a session is getting. They are asked for one after another, in the order of the
 * shards: so no two sessions that begin can each hold what the other waits for.
 */
final class Gathering {
  /** Hears of the end when it comes later. */
  interface End {
    void complete();

    void refused(PgError error);
  }

  private final UpstreamProvider.Waiter waiter;
  private final List<UpstreamProvider> shards;
  private final ArrayDeque<ShardPart> missing;
  private final List<ShardPart> come = new ArrayList<>();
  private final End end;
  private @Nullable Place pending;
  private boolean waits;

  /**
   * Of servers.
   *
   * @param waiter for whom
   * @param shards all of them, by number
   * @param missing those that are wanted, in order
   */
  Gathering(
      UpstreamProvider.Waiter waiter,
      List<UpstreamProvider> shards,
      List<ShardPart> missing,
      End end) {
    this.waiter = waiter;
    this.shards = shards;
    this.missing = new ArrayDeque<>(missing);
    this.end = end;
  }

  /** Those that have come. */
  List<ShardPart> come() {
    return come;
  }

  /** Asks for what is missing; whether nothing is any more. */
  boolean goOn() {
    for (ShardPart part = missing.peek(); part != null; part = missing.peek()) {
      Place place = new Place(part);
      pending = place;
      Upstream given = shards.get(part.index()).open(place);
      if (given == null) {
        return false;
      }
      take(part, given);
    }
    return true;
  }

  private void take(ShardPart part, Upstream given) {
    part.serves(given);
    come.add(part);
    missing.remove();
    pending = null;
  }

  private void arrived(ShardPart part, Upstream given) {
    take(part, given);
    if (!goOn()) {
      return;
    }
    PgError lost = lost();
    if (lost == null) {
      end.complete();
    } else {
      refused(lost);
    }
  }

  /** The time in the queues of all shards together counts. */
  private void waits(long nanos) {
    if (!waits) {
      waits = true;
      waiter.waitingSinceNanos(nanos);
    }
  }

  private @Nullable PgError lost() {
    return come.stream().map(ShardPart::early).filter(e -> e != null).findFirst().orElse(null);
  }

  private void refused(PgError error) {
    pending = null;
    giveBack();
    end.refused(error);
  }

  /** The waiter no longer waits. */
  void withdraw() {
    Place place = pending;
    if (place != null) {
      shards.get(place.part.index()).withdraw(place);
    }
    giveBack();
  }

  private void giveBack() {
    come.stream().filter(ShardPart::attached).forEach(ShardPart::giveBack);
  }

  /** Waits for the server of one shard. */
  private final class Place implements UpstreamProvider.Waiter {
    private final ShardPart part;
    private long since;

    Place(ShardPart part) {
      this.part = part;
    }

    @Override
    public Downstream downstream() {
      return part;
    }

    @Override
    public ServerRole role() {
      return waiter.role();
    }

    @Override
    public boolean servedBy(long replayedNanos) {
      return waiter.servedBy(replayedNanos);
    }

    @Override
    public void onUpstream(Upstream upstream) {
      arrived(part, upstream);
    }

    @Override
    public void onRefused(PgError error) {
      refused(error);
    }

    @Override
    public long waitingSinceNanos() {
      return since;
    }

    @Override
    public void waitingSinceNanos(long nanos) {
      since = nanos;
      waits(nanos);
    }
  }
}
