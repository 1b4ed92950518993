package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.closeComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.copyIn;
import static org.pglynx.proxy.wire.BackendBytes.emptyQuery;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.fatal;
import static org.pglynx.proxy.wire.BackendBytes.functionResult;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.notice;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.BackendBytes.row;
import static org.pglynx.proxy.wire.BackendBytes.rowDescription;
import static org.pglynx.proxy.wire.BackendBytes.suspended;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;

/** Layer 1: each row of the table in {@link ReplyTracker}. */
class ReplyTrackerTest {
  private final List<String> events = new ArrayList<>();
  private final ReplyTracker tracker = new ReplyTracker(new Events());
  private final ServerStatement statement =
      new ServerStatement("s1".getBytes(StandardCharsets.UTF_8), new byte[] {0, 0, 0});

  /** Notes what the tracker causes. */
  private final class Events implements ReplyActions {
    boolean refusesBlocks;

    @Override
    public void fakeParseComplete() {
      events.add("fake 1");
    }

    @Override
    public void fakeCloseComplete() {
      events.add("fake 3");
    }

    @Override
    public void rewriteDescription(RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
      events.add("rewrite T");
    }

    @Override
    public Verdict rewriteRow(
        RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length) {
      events.add("rewrite D");
      return Verdict.DROP;
    }

    @Override
    public Verdict rewriteError(RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
      events.add("rewrite E");
      return Verdict.DROP;
    }

    @Override
    public void errorPasses(ByteBuf buffer, int offset, int length) {
      // The verdict says it.
    }

    @Override
    public Verdict finishRows(
        RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length) {
      events.add("finish");
      return Verdict.FORWARD;
    }

    @Override
    public boolean midReply() {
      return false;
    }

    @Override
    public void forget(ServerStatement gone) {
      events.add("forget " + new String(gone.name(), StandardCharsets.UTF_8));
    }

    @Override
    public void restore(ServerStatement back) {
      events.add("restore " + new String(back.name(), StandardCharsets.UTF_8));
    }

    @Override
    public void parseFailed() {
      events.add("parse failed");
    }

    @Override
    public boolean ready(byte status) {
      events.add("ready " + (char) status);
      return !refusesBlocks || status == 'I';
    }

    @Override
    public void resetDone() {
      events.add("reset done");
    }

    @Override
    public void resetFailed(PgError cause) {
      events.add("reset failed " + cause.code());
    }

    @Override
    public void inquiryRow(ByteBuf buffer, int offset) {
      events.add("inquiry row");
    }

    @Override
    public void inquiryFailed(PgError error) {
      events.add("inquiry failed");
    }

    @Override
    public void inquiryDone() {
      events.add("inquiry done");
    }

    @Override
    public void applyFailed(PgError cause) {
      events.add("apply failed " + cause.code());
    }

    @Override
    public void beginFailed(PgError cause) {
      events.add("begin failed " + cause.code());
    }

    @Override
    public void fatal(PgError cause) {
      events.add("fatal " + cause.code());
    }
  }

  private void sent(String tags) {
    for (char tag : tags.toCharArray()) {
      tracker.expect((byte) tag);
    }
  }

  /** The tags of the replies that pass on to the client, with the made-up ones in their places. */
  private String passes(byte[]... replies) {
    StringBuilder passed = new StringBuilder();
    for (byte[] reply : replies) {
      if (tracker.unsettled()) {
        settle(passed);
      }
      ByteBuf frame = Unpooled.wrappedBuffer(reply);
      if (tracker.onReply(reply[0], frame, 0, reply.length) == Verdict.FORWARD) {
        passed.append((char) reply[0]);
      }
    }
    settle(passed);
    return passed.toString();
  }

  private void settle(StringBuilder passed) {
    int before = events.size();
    tracker.settle();
    for (String event : events.subList(before, events.size())) {
      passed.append(event.startsWith("fake ") ? "(" + event.charAt(5) + ")" : "");
    }
  }

  @Test
  void a_query_is_answered_up_to_ready() {
    sent("Q");
    assertThat(
            passes(rowDescription("a"), row("1"), complete("SELECT 1"), emptyQuery(), ready('T')))
        .isEqualTo("TDCIZ");
    assertThat(events).containsExactly("ready T");
    assertThat(tracker.drained()).isTrue();
  }

  @Test
  void each_reply_of_the_extended_protocol_takes_its_message_from_the_head() {
    sent("PBDECS");
    assertThat(passes(parseComplete(), bindComplete(), rowDescription("a"))).isEqualTo("12T");
    assertThat(passes(row("1"), suspended(), closeComplete())).isEqualTo("Ds3");
    assertThat(tracker.drained()).isFalse();
    assertThat(passes(ready('I'))).isEqualTo("Z");
    assertThat(tracker.drained()).isTrue();
  }

  @Test
  void a_described_statement_takes_both_its_replies() {
    sent("DD");
    assertThat(passes(parameterDescription(), noData())).isEqualTo("tn");
    assertThat(tracker.drained()).isFalse();
    assertThat(passes(parameterDescription(), rowDescription("a"))).isEqualTo("tT");
    assertThat(tracker.drained()).isTrue();
  }

  @Test
  void a_function_call_ends_with_ready() {
    sent("F");
    assertThat(passes(functionResult(), ready('I'))).isEqualTo("VZ");
    assertThat(tracker.drained()).isTrue();
  }

  @Test
  void notices_pass_at_any_time() {
    assertThat(passes(notice("a"))).isEqualTo("N");
    sent("PS");
    assertThat(passes(notice("a"), parseComplete(), notice("b"), ready('I'))).isEqualTo("N1NZ");
  }

  @Test
  void an_error_takes_all_up_to_the_next_sync() {
    sent("PBESPBES");
    assertThat(passes(parseComplete(), error("42P01", "x"), ready('I'))).isEqualTo("1EZ");
    assertThat(passes(parseComplete(), bindComplete(), complete("SELECT 1"), ready('I')))
        .isEqualTo("12CZ");
    assertThat(tracker.drained()).isTrue();
  }

  @Test
  void an_error_without_a_sync_skips_until_there_is_one() {
    sent("PB");
    assertThat(passes(error("42601", "x"))).isEqualTo("E");
    assertThat(tracker.skipping()).isTrue();
    sent("E");
    assertThat(tracker.drained()).isTrue();
    sent("S");
    assertThat(tracker.skipping()).isFalse();
    assertThat(passes(ready('I'))).isEqualTo("Z");
  }

  @Test
  void an_error_under_a_query_takes_nothing() {
    sent("QQ");
    assertThat(passes(error("42601", "x"), ready('I'))).isEqualTo("EZ");
    assertThat(tracker.lostSyncs()).isEqualTo(1);
  }

  @Test
  void an_error_at_sync_does_not_skip() {
    sent("S");
    assertThat(passes(error("23505", "deferred"), ready('I'))).isEqualTo("EZ");
    assertThat(tracker.skipping()).isFalse();
  }

  @Test
  void an_injected_parse_is_swallowed_and_its_error_is_not() {
    tracker.expectParse(Expected.INJECTED_PARSE, statement, () -> events.add("undo"));
    sent("BES");
    assertThat(passes(parseComplete(), bindComplete())).isEqualTo("2");
    tracker.expectParse(Expected.INJECTED_PARSE, statement, () -> events.add("undo"));
    sent("BES");
    assertThat(passes(complete("SELECT 1"), ready('I'), error("42P01", "x"), ready('I')))
        .isEqualTo("CZEZ");
    assertThat(events).containsExactly("ready I", "forget s1", "undo", "ready I");
  }

  @Test
  void faked_replies_come_in_their_turn() {
    sent("PBE");
    tracker.expectParse(Expected.FAKE_PARSE, statement, () -> {});
    sent("BE");
    tracker.expectFakedClose(() -> {});
    sent("S");
    assertThat(
            passes(
                parseComplete(),
                bindComplete(),
                complete("SELECT 1"),
                bindComplete(),
                complete("SELECT 2"),
                ready('I')))
        .isEqualTo("12C(1)2C(3)Z");
  }

  @Test
  void faked_replies_behind_an_error_are_undone() {
    sent("P");
    tracker.expectParse(Expected.FAKE_PARSE, statement, () -> events.add("undo parse"));
    tracker.expectFakedClose(() -> events.add("undo close"));
    sent("S");
    assertThat(passes(error("42601", "x"), ready('I'))).isEqualTo("EZ");
    assertThat(events).contains("undo close", "undo parse").doesNotContain("fake 1", "fake 3");
    assertThat(events).doesNotContain("forget s1");
  }

  @Test
  void an_injected_close_is_swallowed_or_taken_back() {
    tracker.expectInjectedClose(statement);
    sent("S");
    assertThat(passes(closeComplete(), ready('I'))).isEqualTo("Z");
    sent("P");
    tracker.expectInjectedClose(statement);
    sent("S");
    assertThat(passes(error("42601", "x"), ready('I'))).isEqualTo("EZ");
    assertThat(events).contains("restore s1");
  }

  @Test
  void a_plain_parse_that_fails_is_told_unless_another_follows() {
    sent("PSPS");
    passes(error("42601", "x"), ready('I'));
    assertThat(events).doesNotContain("parse failed");
    passes(error("42601", "x"), ready('I'));
    assertThat(events).contains("parse failed");
  }

  @Test
  void early_syncs_of_a_copy_in_the_extended_protocol_are_not_expected() {
    sent("ESS");
    assertThat(passes(copyIn())).isEqualTo("G");
    assertThat(tracker.copyingIn()).isTrue();
    sent("Sc");
    assertThat(tracker.copyingIn()).isFalse();
    sent("S");
    assertThat(passes(complete("COPY 1"), ready('I'))).isEqualTo("CZ");
    assertThat(tracker.drained()).isTrue();
  }

  @Test
  void the_sync_behind_copy_done_is_expected() {
    sent("ESdcS".replace("d", ""));
    assertThat(passes(copyIn(), complete("COPY 1"), ready('I'))).isEqualTo("GCZ");
    assertThat(tracker.drained()).isTrue();
  }

  @Test
  void a_stray_copy_done_is_not_waited_for() {
    sent("c");
    assertThat(tracker.drained()).isTrue();
    sent("Q");
    assertThat(passes(complete("SELECT 1"), ready('I'))).isEqualTo("CZ");
  }

  @Test
  void what_the_proxy_asks_for_itself_is_swallowed() {
    tracker.expect(Expected.APPLY);
    tracker.expect(Expected.FAIL_QUERY);
    sent("Q");
    assertThat(
            passes(
                rowDescription("a"),
                row("x"),
                complete("SELECT 1"),
                ready('I'),
                error("3B001", "x"),
                ready('E'),
                complete("SELECT 1"),
                ready('E')))
        .isEqualTo("CZ");
  }

  @Test
  void the_ready_of_a_shown_failing_query_is_the_clients() {
    tracker.expect(Expected.FAIL_QUERY_SHOWN);
    assertThat(passes(error("3B001", "x"), ready('E'))).isEqualTo("Z");
  }

  @Test
  void refused_parameters_and_failed_resets_are_told() {
    tracker.expect(Expected.APPLY);
    assertThat(passes(error("22023", "x"), ready('I'))).isEmpty();
    tracker.expect(Expected.RESET);
    assertThat(passes(error("57014", "x"))).isEmpty();
    tracker.expect(Expected.RESET);
    assertThat(events).containsExactly("apply failed 22023", "reset failed 57014");
  }

  @Test
  void a_fatal_error_is_kept_for_the_loss() {
    sent("Q");
    assertThat(passes(fatal("57P01", "x"))).isEmpty();
    assertThat(events).containsExactly("fatal 57P01");
  }

  @Test
  void a_loss_counts_what_the_client_waits_for_and_takes_back_the_rest() {
    sent("QPS");
    tracker.expectParse(Expected.NAMED_PARSE, statement, () -> events.add("undo"));
    sent("BSF");
    assertThat(tracker.lostSyncs()).isEqualTo(4);
    tracker.lost();
    assertThat(events).contains("undo");
    assertThat(tracker.drained()).isTrue();
  }
}
