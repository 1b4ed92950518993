package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;

class GatheringTest {
  private final Queue first = new Queue(5);
  private final Queue second = new Queue(9);
  private final Session session = new Session();
  private final ScatterGather scatter =
      new ScatterGather(
          session,
          new ShardServers(
              List.of(first, second), new CommitPolicy(Runnable::run, "app/postgres", null)));
  private final Gathering gathering =
      new Gathering(session, List.of(first, second), scatter.who().parts(), session);

  /** Servers that are waited for since a time. */
  private static final class Queue implements UpstreamProvider {
    private final long since;
    private @Nullable Waiter waiter;

    Queue(long since) {
      this.since = since;
    }

    @Override
    public @Nullable Upstream open(Waiter wanted) {
      wanted.waitingSinceNanos(since);
      waiter = wanted;
      return null;
    }

    @Override
    public void withdraw(Waiter wanted) {
      waiter = null;
    }

    void serve() {
      Objects.requireNonNull(waiter).onUpstream(new FakeServer().upstream());
    }
  }

  private static final class Session implements UpstreamProvider.Waiter, Downstream, Gathering.End {
    private final List<String> told = new ArrayList<>();
    private long since;

    @Override
    public Downstream downstream() {
      return this;
    }

    @Override
    public ServerRole role() {
      return ServerRole.PRIMARY;
    }

    @Override
    public void onUpstream(Upstream upstream) {
      told.add("given one");
    }

    @Override
    public void onRefused(PgError error) {
      told.add(error.message());
    }

    @Override
    public long waitingSinceNanos() {
      return since;
    }

    @Override
    public void waitingSinceNanos(long nanos) {
      told.add("waits since " + nanos);
      since = nanos;
    }

    @Override
    public void onReplies(ByteBuf run) {
      run.release();
    }

    @Override
    public void onReady(byte status) {
      told.add("ready");
    }

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      told.add("lost");
    }

    @Override
    public void complete() {
      told.add("complete");
    }

    @Override
    public void refused(PgError error) {
      told.add(error.message());
    }
  }

  @Test
  void a_session_waits_since_the_first_of_the_shards_made_it_wait() {
    assertThat(gathering.goOn()).isFalse();
    first.serve();
    second.serve();

    assertThat(session.told).containsExactly("waits since 5", "complete");
  }
}
