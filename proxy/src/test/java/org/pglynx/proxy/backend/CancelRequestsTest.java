package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layer 1: which cancel requests may still hit something. */
class CancelRequestsTest implements Connector {
  private static final CancelKey KEY = CancelKey.of(new byte[] {0, 0, 0, 42, 1, 2, 3, 4});

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ArrayDeque<CompletableFuture<Void>> sent = new ArrayDeque<>();
  private int taken;
  private final CancelRequests requests =
      new CancelRequests(ScriptedServer.TARGET, this, () -> taken++);

  @Override
  public void connect(BackendTarget target, EventLoop loop, BackendOwner owner) {
    throw new AssertionError("there is a connection already");
  }

  @Override
  public CompletionStage<Void> cancel(
      BackendTarget target, @Nullable SocketAddress server, EventLoop loop, int pid, byte[] key) {
    assertThat(pid).isEqualTo(42);
    assertThat(key).containsExactly(1, 2, 3, 4);
    CompletableFuture<Void> request = new CompletableFuture<>();
    sent.add(request);
    return request;
  }

  @AfterEach
  void finish() {
    channel.finishAndReleaseAll();
  }

  @Test
  void a_server_that_has_told_no_key_is_not_asked() {
    CompletionStage<Void> done = requests.send(channel);
    assertThat(done).isCompleted();
    assertThat(sent).isEmpty();
    assertThat(requests.anyUnderWay()).isFalse();
  }

  @Test
  void requests_are_under_way_until_the_server_has_taken_the_last() {
    requests.key(KEY);
    CompletionStage<Void> first = requests.send(channel);
    requests.send(channel);
    sent.remove().complete(null);
    assertThat(first).isCompleted();
    assertThat(requests.anyUnderWay()).isTrue();
    sent.remove().complete(null);
    assertThat(requests.anyUnderWay()).isFalse();
    assertThat(requests.atLarge()).isFalse();
    assertThat(taken).isEqualTo(2);
  }

  @Test
  void a_request_that_is_not_taken_in_time_stays_at_large() {
    requests.key(KEY);
    CompletionStage<Void> done = requests.send(channel);
    sent.remove().completeExceptionally(new TimeoutException());
    assertThat(done).isCompletedWithValue(null);
    assertThat(requests.anyUnderWay()).isFalse();
    assertThat(requests.atLarge()).isTrue();
  }
}
