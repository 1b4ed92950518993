package org.pglynx.proxy.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.commit.CommitPolicy;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

class ScatterGatherTest {
  /** What the client sees, one word a frame. */
  private final List<String> seen = new ArrayList<>();

  private final List<String> told = new ArrayList<>();
  private Runnable onReady = () -> {};
  private final List<FakeServer> servers = List.of(new FakeServer(), new FakeServer());
  private final ScatterGather scatter =
      new ScatterGather(
          new Receiver(),
          new ShardServers(
              List.of(new FakeProvider(), new FakeProvider()),
              new CommitPolicy(Runnable::run, "app/postgres", null)));

  ScatterGatherTest() {
    for (int i = 0; i < 2; i++) {
      scatter.who().parts().get(i).serves(servers.get(i).upstream());
    }
    scatter.aimAtAll();
  }

  private final class Receiver implements Downstream {
    @Override
    public void onReplies(ByteBuf run) {
      while (run.isReadable()) {
        int length = 1 + run.getInt(run.readerIndex() + 1);
        byte tag = run.getByte(run.readerIndex());
        String body =
            run.toString(run.readerIndex() + 5, length - 5, StandardCharsets.UTF_8)
                .replaceAll("[\\x00-\\x1f]", "");
        seen.add((char) tag + (body.isEmpty() ? "" : " " + body));
        run.skipBytes(length);
      }
      run.release();
    }

    @Override
    public void onReady(byte status) {
      told.add("ready " + (char) status);
      onReady.run();
    }

    @Override
    public void onDrained() {
      told.add("drained");
    }

    @Override
    public void onLost(PgError error, int lostSyncs, boolean midReply) {
      told.add("lost " + lostSyncs);
    }
  }

  private static ByteBuf frame(char tag, String body) {
    ByteBuf out = Unpooled.buffer();
    int mark = FrameWriter.begin(out, (byte) tag);
    out.writeCharSequence(body, StandardCharsets.UTF_8);
    FrameWriter.finish(out, mark);
    return out;
  }

  private static ByteBuf tag(String tag) {
    ByteBuf out = Unpooled.buffer();
    FrameWriter.string(out, BackendTag.COMMAND_COMPLETE, tag);
    return out;
  }

  private static ByteBuf ready(char status) {
    ByteBuf out = Unpooled.buffer();
    FrameWriter.ready(out, (byte) status);
    return out;
  }

  private void from(int shard, ByteBuf... frames) {
    scatter.who().parts().get(shard).onReplies(Unpooled.wrappedBuffer(frames));
  }

  private void readyFrom(int shard, char status) {
    from(shard, ready(status));
    servers.get(shard).drained = true;
    scatter.who().parts().get(shard).onReady((byte) status);
  }

  @Test
  void rows_go_on_as_they_come_and_the_end_when_all_are_there() {
    scatter.expect(FrontendTag.QUERY);
    from(1, frame('2', ""), frame('D', "b1"));
    from(0, frame('2', ""), frame('D', "a1"), tag("SELECT 1"));
    readyFrom(0, 'I');
    from(1, frame('D', "b2"), tag("SELECT 2"));
    assertThat(told).isEmpty();
    readyFrom(1, 'I');

    assertThat(seen).containsExactly("2", "D b1", "D a1", "D b2", "C SELECT 3", "Z I");
    assertThat(told).containsExactly("ready I");
    assertThat(scatter.drained()).isTrue();
  }

  @Test
  void replies_cut_anywhere_are_the_same() {
    for (int seed = 0; seed < 200; seed++) {
      ScatterGatherTest once = new ScatterGatherTest();
      once.scatter.expect(FrontendTag.QUERY);
      Random random = new Random(seed);
      List<ByteBuf> streams = new ArrayList<>();
      for (int shard = 0; shard < 2; shard++) {
        streams.add(
            Unpooled.wrappedBuffer(
                frame('2', ""), frame('D', "row" + shard), tag("SELECT 1"), ready('I')));
      }
      while (streams.get(0).isReadable() || streams.get(1).isReadable()) {
        int shard = random.nextInt(2);
        ByteBuf stream = streams.get(shard);
        if (stream.isReadable()) {
          int size = Math.min(1 + random.nextInt(9), stream.readableBytes());
          once.from(shard, stream.readBytes(size));
        }
      }

      assertThat(once.seen).as("seed %d", seed).hasSize(5);
      assertThat(once.seen.subList(1, 3)).containsExactlyInAnyOrder("D row0", "D row1");
      assertThat(once.seen.subList(3, 5)).containsExactly("C SELECT 2", "Z I");
    }
  }

  @Test
  void a_server_that_is_ahead_is_not_read_until_the_others_have_come() {
    scatter.expect(FrontendTag.QUERY);
    from(0, tag("SELECT 0"));
    assertThat(servers.get(0).reading).isFalse();
    assertThat(servers.get(1).reading).isTrue();

    from(1, tag("SELECT 0"));
    assertThat(servers.get(0).reading).isTrue();
  }

  @Test
  void the_first_error_is_the_clients_and_the_others_are_cancelled() {
    scatter.expect(FrontendTag.QUERY);
    from(0, frame('T', "\0\0"), frame('D', "a1"));
    from(1, frame('E', "SERROR"));
    from(0, frame('D', "a2"), frame('E', "Scancelled"));
    readyFrom(0, 'I');
    readyFrom(1, 'I');

    assertThat(seen).containsExactly("T", "D a1", "E SERROR");
    assertThat(servers.get(0).cancels).isEqualTo(1);
  }

  @Test
  void nothing_may_follow_before_the_cancel_requests_are_taken() {
    scatter.expect(FrontendTag.QUERY);
    from(1, frame('E', "SERROR"));
    readyFrom(0, 'I');
    readyFrom(1, 'I');
    assertThat(told).isEmpty();

    servers.forEach(server -> server.cancelled.complete(null));

    assertThat(seen).containsExactly("E SERROR", "Z I");
    assertThat(told).containsExactly("ready I");
    assertThat(scatter.drained()).isTrue();
  }

  @Test
  void a_transaction_that_has_failed_on_one_shard_has_failed() {
    scatter.expect(FrontendTag.QUERY);
    from(0, tag("SELECT 0"));
    readyFrom(0, 'T');
    from(1, frame('E', "SERROR"));
    readyFrom(1, 'E');
    servers.forEach(server -> server.cancelled.complete(null));

    assertThat(told).containsExactly("ready E");
  }

  /** The client's next message waits for that, and came before the answer. */
  @Test
  void a_transaction_that_fails_on_one_shard_is_drained_when_it_has_failed_on_all() {
    scatter.begins();
    scatter.expect(FrontendTag.QUERY);
    from(0, tag("SELECT 0"));
    readyFrom(0, 'T');
    from(1, tag("SELECT 0"));
    readyFrom(1, 'T');
    scatter.aimAtOne();
    scatter.expect(FrontendTag.QUERY);
    servers.getFirst().drained = false;
    scatter.drain();

    from(0, frame('E', "SERROR"));
    readyFrom(0, 'E');
    scatter.who().parts().getFirst().onDrained();
    assertThat(told).doesNotContain("drained");
    assertThat(servers.get(1).calls).containsSubsequence("failTransaction", "drain");

    servers.get(1).drained = true;
    scatter.who().parts().get(1).onDrained();
    assertThat(told).endsWith("drained");
  }

  @Test
  void the_loss_of_one_server_is_that_of_all() {
    scatter.expect(FrontendTag.QUERY);
    scatter
        .who()
        .parts()
        .get(1)
        .onLost(PgError.error(SqlState.CONNECTION_FAILURE, "gone"), 1, false);

    assertThat(told).containsExactly("lost 1");
    assertThat(servers.get(0).released).containsExactly(Upstream.Release.ABANDONED);
    assertThat(servers.get(1).released).isEmpty();
  }

  @Test
  void what_is_sent_goes_to_all() {
    scatter.expect(FrontendTag.SYNC);
    scatter.send(Unpooled.wrappedBuffer(new byte[] {'S', 0, 0, 0, 4}));
    scatter.flush();

    assertThat(servers)
        .allSatisfy(server -> assertThat(server.calls).contains("send", "expect", "flush"));
  }

  @Test
  void shards_with_other_columns_are_given_up() {
    scatter.expect(FrontendTag.QUERY);
    from(0, frame('n', ""));
    from(1, frame('1', ""));

    assertThat(servers).allSatisfy(server -> assertThat(server.calls).contains("giveUp"));
  }

  /** A batch that writes on both, in a transaction of the proxy's own, up to its end. */
  private void write(char status) {
    scatter.merging(MergeRun.writing(MergePlan.SAME, new short[0], false));
    scatter.expect(FrontendTag.BIND);
    scatter.expect(FrontendTag.EXECUTE);
    scatter.expect(FrontendTag.SYNC);
    for (int shard = 0; shard < 2; shard++) {
      from(shard, frame('2', ""), tag("UPDATE 1"));
    }
    readyFrom(0, status);
    readyFrom(1, status);
  }

  private Downstream borrower(int shard) {
    return Objects.requireNonNull(servers.get(shard).borrower);
  }

  private String lastSent(int shard) {
    return servers.get(shard).sent.getLast().replace("\0", "");
  }

  /** Answers the proxy's own statement. */
  private void answer(int shard, char status, ByteBuf... frames) {
    borrower(shard).onReplies(Unpooled.wrappedBuffer(frames));
    borrower(shard).onReady((byte) status);
  }

  private static ByteBuf error() {
    ByteBuf out = Unpooled.buffer();
    FrameWriter.error(out, PgError.error(SqlState.QUERY_CANCELED, "canceled"));
    return out;
  }

  @Test
  void a_batch_that_the_proxy_has_refused_later_on_has_one_error() {
    // The error is with the client; the servers have been made to fail.
    write('E');
    assertThat(lastSent(0)).isEqualTo("ROLLBACK");
    assertThat(lastSent(1)).isEqualTo("ROLLBACK");
    answer(0, 'I', tag("ROLLBACK"));
    answer(1, 'I', tag("ROLLBACK"));

    assertThat(seen).containsExactly("2", "C UPDATE 1", "Z I");
    assertThat(told).containsExactly("ready I");
  }

  @Test
  void a_server_whose_transaction_could_not_be_ended_is_given_to_nobody() {
    write('T');
    answer(0, 'T', tag("SELECT 1"));
    answer(1, 'E', error());
    answer(0, 'I', tag("ROLLBACK"));
    assertThat(lastSent(1)).isEqualTo("ROLLBACK");
    answer(1, 'E', error());

    assertThat(servers.get(1).released).containsExactly(Upstream.Release.BROKEN);
    assertThat(servers.get(0).released).containsExactly(Upstream.Release.ABANDONED);
    assertThat(seen).hasSize(4).endsWith("Z I");
    assertThat(told).containsExactly("ready I", "lost 0");
  }

  @Test
  void the_client_hears_of_the_end_also_if_all_connections_are_lost_in_it() {
    write('T');
    PgError gone = PgError.error(SqlState.CONNECTION_FAILURE, "gone");
    onReady =
        () -> {
          assertThat(scatter.drained()).isTrue();
          assertThat(scatter.skipping()).isFalse();
          assertThat(scatter.copyingIn()).isFalse();
          assertThat(scatter.answered()).isZero();
          assertThat(scatter.transactions()).isZero();
        };
    borrower(0).onLost(gone, 1, false);
    borrower(1).onLost(gone, 1, false);

    assertThat(seen).hasSize(4).endsWith("Z I");
    assertThat(told).containsExactly("ready I", "lost 0");
  }

  @Test
  void a_server_that_is_lost_between_two_steps_of_the_end_is_waited_for_in_none() {
    write('T');
    answer(0, 'T', tag("SELECT 1"));
    borrower(0).onLost(PgError.error(SqlState.CONNECTION_FAILURE, "gone"), 0, false);
    int before = servers.getFirst().sent.size();
    answer(1, 'T', tag("SELECT 1"));
    answer(1, 'I', tag("ROLLBACK"));

    assertThat(servers.getFirst().sent).hasSize(before);
    assertThat(seen).endsWith("Z I");
    assertThat(told).containsExactly("ready I", "lost 0");
  }

  /** Both have answered before the cancel requests came: no server has failed by itself. */
  @Test
  void a_transaction_that_gives_in_to_a_deadlock_has_failed_on_all_servers() {
    scatter.begins();
    scatter.expect(FrontendTag.QUERY);
    scatter.deadlocked("a waits for b waits for a");
    servers.forEach(server -> server.cancelled.complete(null));
    from(0, tag("UPDATE 1"));
    from(1, tag("UPDATE 1"));
    readyFrom(0, 'T');
    readyFrom(1, 'T');

    assertThat(seen.getLast()).isEqualTo("Z E");
    for (FakeServer server : servers) {
      assertThat(server.calls).contains("failTransaction");
    }
  }

  @Test
  void a_portal_that_was_closed_is_forgotten() {
    scatter.merging(new PortalNote("C_1", 0, new MergeRun(MergePlan.CONCAT, new short[0])));
    scatter.expect(FrontendTag.BIND);
    assertThat(scatter.cursors().get("C_1")).isNotNull();
    assertThat(scatter.merger().executions().portals()).isOne();

    scatter.closed("C_1");

    assertThat(scatter.cursors().get("C_1")).isNull();
    assertThat(scatter.merger().executions().portals()).isZero();
  }
}
