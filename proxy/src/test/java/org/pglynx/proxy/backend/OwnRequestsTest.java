package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.wire.BackendBytes;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;

/** Layer 2: what the proxy asks on its own account; no client sees the replies. */
class OwnRequestsTest implements BackendOwner, Downstream {
  private static final ParameterSet UTC = ParameterSet.of(Map.of("TimeZone", "UTC"));

  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final List<String> heard = new ArrayList<>();
  private final ScriptedServer server = new ScriptedServer(buffers, this);
  private final BackendConnection connection = server.connection();

  @Override
  public void onConnected(BackendConnection fresh) {
    // The test takes it.
  }

  @Override
  public void onConnectFailed(PgError error) {
    throw new AssertionError(error);
  }

  @Override
  public void onIdle(BackendConnection idle) {
    throw new AssertionError("nobody gives it back");
  }

  @Override
  public void onClosed(BackendConnection gone) {
    // At the end of the test.
  }

  @Override
  public void onReplies(ByteBuf run) {
    heard.add("reply");
    run.release();
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    heard.add("lost " + error.code());
  }

  @BeforeEach
  void attach() {
    connection.attach(this);
  }

  @AfterEach
  void finish() {
    server.finish();
  }

  private List<String> flushed() {
    connection.flush();
    return server.got();
  }

  @Test
  void parameters_are_applied_once() {
    connection.apply(UTC);
    connection.apply(UTC);
    assertThat(flushed())
        .containsExactly("Q BEGIN;SELECT pg_catalog.set_config(E'TimeZone',E'UTC',false);COMMIT");
    server.says(BackendBytes.complete("BEGIN"), BackendBytes.complete("COMMIT"));
    server.says(BackendBytes.ready('I'));
    assertThat(connection.drained()).isTrue();
    assertThat(heard).isEmpty();
  }

  @Test
  void parameters_that_the_server_has_already_are_not_applied() {
    connection.applied(UTC);
    connection.apply(UTC);
    assertThat(flushed()).isEmpty();
  }

  @Test
  void parameters_that_nobody_asks_for_any_more_are_reset() {
    connection.applied(UTC);
    connection.apply(ParameterSet.DEFAULTS);
    assertThat(flushed()).containsExactly("Q BEGIN;RESET \"TimeZone\";COMMIT");
  }

  @Test
  void a_question_is_answered_unseen() {
    connection.inquire(
        new Inquiry() {
          @Override
          public String sql() {
            return "SELECT 1";
          }

          @Override
          public void row(@Nullable String[] values) {
            heard.add("row " + values[0]);
          }

          @Override
          public void answered(@Nullable PgError error) {
            heard.add("answered");
          }
        });
    assertThat(flushed()).containsExactly("Q SELECT 1");
    server.says(BackendBytes.row("1"), BackendBytes.complete("SELECT 1"));
    server.says(BackendBytes.ready('I'));
    assertThat(heard).containsExactly("row 1", "answered");
  }

  @Test
  void a_transaction_is_rolled_back_unseen() {
    connection.rollBack();
    assertThat(flushed()).containsExactly("Q ROLLBACK");
    server.says(BackendBytes.complete("ROLLBACK"), BackendBytes.ready('I'));
    assertThat(heard).isEmpty();
  }
}
