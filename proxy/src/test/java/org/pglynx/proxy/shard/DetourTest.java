package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;

class DetourTest {
  private final List<FakeServer> servers = List.of(new FakeServer(), new FakeServer());
  private final ScatterGather scatter =
      new ScatterGather(
          new Nobody(),
          new ShardServers(
              List.of(new FakeProvider(), new FakeProvider()),
              new CommitPolicy(Runnable::run, "app/postgres", null)));

  DetourTest() {
    for (int i = 0; i < 2; i++) {
      scatter.who().parts().get(i).serves(servers.get(i).upstream());
    }
    scatter.aimAtAll();
  }

  private static final class Nobody implements Downstream {
    @Override
    public void onReplies(ByteBuf run) {
      run.release();
    }

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      throw new AssertionError(error);
    }
  }

  private static GatherRun run() {
    Way way = new Way.Collected(List.of("SELECT 1"), true, (parameter, types) -> "SELECT 2");
    return new GatherRun(
        new GatherPlan("SELECT 0", List.of(way), 1_000), Arguments.NONE, new int[0]);
  }

  private static ByteBuf frames(byte... tags) {
    ByteBuf out = Unpooled.buffer();
    for (byte tag : tags) {
      FrameWriter.empty(out, tag);
    }
    return out;
  }

  private List<String> calls() {
    return new ArrayList<>(
        servers.getFirst().calls.stream()
            .filter(call -> call.equals("expect") || call.equals("send"))
            .toList());
  }

  @Test
  void what_is_behind_an_execution_that_takes_steps_waits() {
    scatter.merging(run());
    scatter.expect(FrontendTag.BIND);
    scatter.expect(FrontendTag.EXECUTE);
    scatter.expect(FrontendTag.SYNC);
    assertThat(calls()).containsExactly("expect");

    scatter.send(frames(FrontendTag.BIND, FrontendTag.EXECUTE, FrontendTag.SYNC));
    assertThat(calls()).containsExactly("expect", "send");
    assertThat(scatter.drained()).isFalse();
  }

  @Test
  void what_does_not_take_steps_is_sent_at_once() {
    scatter.expect(FrontendTag.BIND);
    scatter.expect(FrontendTag.EXECUTE);
    scatter.merging(run());
    scatter.expect(FrontendTag.BIND);
    scatter.expect(FrontendTag.EXECUTE);
    scatter.send(
        frames(FrontendTag.BIND, FrontendTag.EXECUTE, FrontendTag.BIND, FrontendTag.EXECUTE));

    assertThat(calls()).containsExactly("expect", "expect", "expect", "send");
  }

  @Test
  void frames_cut_anywhere_are_the_same() {
    scatter.merging(run());
    scatter.expect(FrontendTag.QUERY);
    ByteBuf query = Unpooled.buffer();
    FrameWriter.query(query, "SELECT 0");
    scatter.send(query.readRetainedSlice(7));
    scatter.send(query.readRetainedSlice(2));
    assertThat(calls()).isEmpty();
    scatter.send(query);

    assertThat(scatter.drained()).isFalse();
    assertThat(calls()).isEmpty();
  }

  @Test
  void what_waits_is_let_go_with_the_session() {
    scatter.merging(run());
    scatter.expect(FrontendTag.BIND);
    scatter.expect(FrontendTag.EXECUTE);
    ByteBuf behind = frames(FrontendTag.EXECUTE, FrontendTag.SYNC);
    scatter.expect(FrontendTag.SYNC);
    scatter.send(behind);
    scatter.release(Upstream.Release.ABANDONED);

    assertThat(behind.refCnt()).isZero();
  }

  @Test
  void a_client_that_sends_on_is_not_read_when_much_is_kept() {
    scatter.merging(run());
    scatter.expect(FrontendTag.QUERY);
    ByteBuf query = Unpooled.buffer();
    FrameWriter.query(query, "SELECT 0");
    scatter.send(query);
    assertThat(scatter.writable()).isTrue();

    // when
    for (int i = 0; i < 4; i++) {
      scatter.expect(FrontendTag.QUERY);
      ByteBuf more = Unpooled.buffer();
      FrameWriter.query(more, "x".repeat(Detour.MAX_KEPT / 4));
      scatter.send(more);
    }

    // then
    assertThat(scatter.writable()).isFalse();
    scatter.release(Upstream.Release.ABANDONED);
  }
}
