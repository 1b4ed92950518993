package org.pglynx.proxy.shard;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.History;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

/**
 * Gives a transaction servers of further shards. Each is given, ahead of what it is wanted for,
 * what has shaped the transaction so far: its BEGIN, savepoints, settings. Used once.
 */
final class JoiningProvider implements UpstreamProvider {
  private final ShardServers servers;
  private final Upstream present;
  private final BitSet had;
  private final UpstreamProvider further;
  private final History history;
  private @Nullable Gathering gathering;

  JoiningProvider(
      ShardServers servers,
      Upstream present,
      BitSet had,
      UpstreamProvider further,
      History history) {
    this.servers = servers;
    this.present = present;
    this.had = had;
    this.further = further;
    this.history = history;
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    ScatterGather spread =
        present instanceof ScatterGather already
            ? already
            : new ScatterGather(waiter.downstream(), servers);
    BitSet missing = (BitSet) servers.numbers(further).clone();
    missing.andNot(present == spread ? spread.who().numbers() : had);
    Gathering joined =
        new Gathering(
            waiter, servers.shards(), spread.who().parts(missing), new Complete(waiter, spread));
    gathering = joined;
    if (joined.goOn()) {
      join(spread, joined);
      return spread;
    }
    return null;
  }

  private void join(ScatterGather spread, Gathering joined) {
    if (present != spread) {
      spread.widens(had.nextSetBit(0), present, !history.own());
    }
    if (history.own()) {
      spread.opens();
    }
    joined.come().forEach(part -> enter(part.server()));
    spread.aim(further);
    spread.who().begun(joined.come());
  }

  private void enter(Upstream server) {
    server.apply(history.before());
    history.texts().forEach(server::begin);
    // What SET has done since is done; told so, it is not done again.
    server.applied(history.after());
  }

  @Override
  public void withdraw(Waiter waiter) {
    Gathering waiting = gathering;
    gathering = null;
    if (waiting != null) {
      waiting.withdraw();
    }
  }

  private final class Complete implements Gathering.End {
    private final Waiter waiter;
    private final ScatterGather spread;

    Complete(Waiter waiter, ScatterGather spread) {
      this.waiter = waiter;
      this.spread = spread;
    }

    @Override
    public void complete() {
      Gathering joined = gathering;
      gathering = null;
      if (joined != null) {
        join(spread, joined);
        waiter.onUpstream(spread);
      }
    }

    @Override
    public void refused(PgError error) {
      gathering = null;
      waiter.onRefused(error);
    }
  }
}
