package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.ready;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Layer 2: a query of the proxy's own, over a real server connection with a scripted far end. */
class OneQuestionTest implements UpstreamProvider, BackendOwner {
  private static final ParameterSet PINNED = ParameterSet.of(Map.of("search_path", "pg_catalog"));

  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final EmbeddedChannel loop = new EmbeddedChannel();
  private final ArrayDeque<BackendConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private @Nullable ScriptedServer server;

  private ScriptedServer server() {
    ScriptedServer scripted = server == null ? new ScriptedServer(buffers, this) : server;
    server = scripted;
    return scripted;
  }

  @AfterEach
  void finish() {
    if (server != null) {
      server.finish();
    }
    loop.finish();
  }

  private CompletableFuture<List<@Nullable String[]>> ask(String value) {
    loop.freezeTime();
    return OneQuestion.ask(this, loop.eventLoop(), PINNED, "SELECT a WHERE b = $1", value, 5_000);
  }

  private static byte[] row(@Nullable String... values) {
    return FrontendBytes.frame(
        'D',
        out -> {
          out.writeShort(values.length);
          for (String value : values) {
            if (value == null) {
              out.writeInt(-1);
            } else {
              byte[] text = value.getBytes(StandardCharsets.UTF_8);
              out.writeInt(text.length).writeBytes(text);
            }
          }
        });
  }

  private static byte[] prepared() {
    return FrontendBytes.all(
        FrontendBytes.frame('1', out -> {}), FrontendBytes.frame('2', out -> {}));
  }

  private static PgError failure(CompletableFuture<List<@Nullable String[]>> answer) {
    try {
      answer.join();
      throw new AssertionError("it has been answered");
    } catch (CompletionException e) {
      return ((PgErrorException) java.util.Objects.requireNonNull(e.getCause())).error();
    }
  }

  @Test
  void the_value_is_bound_and_the_parameters_are_pinned_ahead_of_it() {
    server();
    CompletableFuture<List<@Nullable String[]>> answer = ask("x' OR '1'='1");
    assertThat(String.join("\n", server().got()))
        .contains("set_config(E'search_path',E'pg_catalog',false)")
        .contains("SELECT a WHERE b = $1")
        .doesNotContain("= 'x'");
    server().says(complete("SELECT 1"), ready('I'));
    server().says(prepared(), row("anna", null), complete("SELECT 1"), ready('I'));
    assertThat(answer.join()).hasSize(1);
    assertThat(answer.join().getFirst()).containsExactly("anna", null);
    assertThat(idle).as("the connection is back").hasSize(1);
  }

  @Test
  void an_answer_byte_by_byte_is_the_same() {
    server();
    CompletableFuture<List<@Nullable String[]>> answer = ask("anna");
    server()
        .dribbles(
            complete("SELECT 1"),
            ready('I'),
            prepared(),
            row("anna", "secret"),
            complete("SELECT 1"),
            ready('I'));
    assertThat(answer.join().getFirst()).containsExactly("anna", "secret");
  }

  @Test
  void an_error_is_the_answer_and_the_connection_lives() {
    server();
    CompletableFuture<List<@Nullable String[]>> answer = ask("anna");
    server().says(complete("SELECT 1"), ready('I'));
    server().says(error("42501", "permission denied"), ready('I'));
    assertThat(failure(answer).code()).isEqualTo("42501");
    assertThat(idle).hasSize(1);
  }

  @Test
  void a_connection_that_dies_fails_the_question() {
    server();
    CompletableFuture<List<@Nullable String[]>> answer = ask("anna");
    server().dies();
    assertThat(failure(answer).code()).startsWith("08");
  }

  @Test
  void a_question_that_gets_no_connection_says_why() {
    CompletableFuture<List<@Nullable String[]>> answer = ask("anna");
    waiters.remove().onRefused(PgError.error(SqlState.CANNOT_CONNECT, "refused"));
    assertThat(failure(answer).code()).isEqualTo("08001");
  }

  @Test
  void a_question_that_waits_too_long_is_withdrawn() {
    CompletableFuture<List<@Nullable String[]>> answer = ask("anna");
    pass();
    assertThat(failure(answer).code()).isEqualTo("08006");
    assertThat(waiters).isEmpty();
  }

  @Test
  void a_server_that_does_not_answer_fails_the_question() {
    server();
    CompletableFuture<List<@Nullable String[]>> answer = ask("anna");
    pass();
    assertThat(failure(answer).code()).isEqualTo("08006");
    assertThat(idle).as("it is not given to the next question").isEmpty();
  }

  private void pass() {
    loop.advanceTimeBy(6, TimeUnit.SECONDS);
    loop.runScheduledPendingTasks();
  }

  @Override
  public @Nullable Upstream open(Waiter waiter) {
    BackendConnection free = idle.poll();
    if (free == null) {
      waiters.add(waiter);
      return null;
    }
    free.attach(waiter.downstream());
    return free;
  }

  @Override
  public void withdraw(Waiter waiter) {
    waiters.remove(waiter);
  }

  @Override
  public void onConnected(BackendConnection connection) {
    idle.add(connection);
  }

  @Override
  public void onConnectFailed(PgError error) {
    throw new AssertionError(error);
  }

  @Override
  public void onIdle(BackendConnection connection) {
    idle.add(connection);
  }

  @Override
  public void onClosed(BackendConnection connection) {
    idle.remove(connection);
  }
}
