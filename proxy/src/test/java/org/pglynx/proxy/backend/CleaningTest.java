package org.pglynx.proxy.backend;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.ready;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.Upstream.Release;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;

/** Layer 2: how a connection that a client has left amid its work becomes fit for the next one. */
class CleaningTest implements BackendOwner, Downstream {
  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final ScriptedServer server = new ScriptedServer(buffers, this);
  private final BackendConnection connection = server.connection();
  private int idle;

  @Override
  public void onConnected(BackendConnection fresh) {
    // The test takes it.
  }

  @Override
  public void onConnectFailed(PgError error) {
    throw new AssertionError(error);
  }

  @Override
  public void onIdle(BackendConnection clean) {
    idle++;
  }

  @Override
  public void onClosed(BackendConnection gone) {
    // At the end of the test.
  }

  @Override
  public void onReplies(ByteBuf run) {
    throw new AssertionError("nobody is there to read");
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    throw new AssertionError(error);
  }

  @BeforeEach
  void attach() {
    connection.attach(this);
  }

  @AfterEach
  void finish() {
    server.finish();
  }

  /** A client leaves amid a statement. */
  private void leftAmidAStatement() {
    connection.expect(FrontendTag.QUERY);
    connection.send(buffers.of(FrontendBytes.query("select pg_sleep(100)")));
    connection.release(Release.ABANDONED);
    server.got();
  }

  /** A client leaves while the proxy asks what it has done. */
  private void leftAmidAQuestion() {
    connection.inquire(new Question());
    connection.release(Release.ABANDONED);
    server.got();
  }

  private void cancelled() {
    server.says(error("57014", "canceling statement due to user request"), ready('I'));
    server.says(ready('I'));
  }

  private void discarded() {
    assertThat(server.got()).containsExactly("Q DISCARD ALL");
    server.says(complete("DISCARD ALL"), ready('I'));
  }

  @Test
  void the_reset_is_sent_behind_the_last_cancel_request() {
    leftAmidAStatement();
    cancelled();
    assertThat(server.got()).as("the request may still come").isEmpty();

    server.takesCancels();

    discarded();
    assertThat(idle).isEqualTo(1);
  }

  @Test
  void a_request_that_the_server_may_take_at_any_time_costs_the_connection() {
    leftAmidAStatement();
    cancelled();

    server.losesCancels();

    assertThat(server.alive()).isFalse();
    assertThat(idle).isZero();
  }

  @Test
  void what_the_proxy_itself_has_asked_is_given_time_to_end() {
    leftAmidAQuestion();

    server.says(complete("SELECT 0"), ready('I'), ready('I'));

    discarded();
    server.passes(1);
    assertThat(server.cancels()).isZero();
    assertThat(idle).isEqualTo(1);
  }

  @Test
  void what_the_proxy_itself_has_asked_is_cancelled_if_it_does_not_end() {
    leftAmidAQuestion();
    assertThat(server.cancels()).isZero();

    server.passes(1);

    assertThat(server.cancels()).isPositive();
  }

  @Test
  void the_timer_of_one_cleaning_cancels_nothing_in_the_next() {
    leftAmidAStatement();
    server.takesCancels();
    cancelled();
    discarded();
    server.passes(40, MILLISECONDS);
    connection.attach(this);
    leftAmidAQuestion();

    server.passes(20, MILLISECONDS);

    assertThat(server.cancels()).isEqualTo(1);
  }

  private static final class Question implements Inquiry {
    @Override
    public String sql() {
      return "SELECT 1";
    }

    @Override
    public void row(@Nullable String[] values) {
      throw new AssertionError("no row is sent");
    }

    @Override
    public void answered(@Nullable PgError error) {
      // Nobody is there to hear of it.
    }
  }
}
