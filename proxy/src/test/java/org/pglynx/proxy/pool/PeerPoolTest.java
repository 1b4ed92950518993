package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.backend.BackendOwner;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.backend.ScriptedServer;

/** Unit: how many cancel requests are on their way to another proxy. */
class PeerPoolTest implements Connector {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<Integer> sent = new ArrayList<>();
  private final List<CompletableFuture<Void>> answers = new ArrayList<>();
  private final PeerPool pool = new PeerPool(ScriptedServer.TARGET, this, 2);

  PeerPoolTest() {
    channel.freezeTime();
  }

  @AfterEach
  void finish() {
    channel.finishAndReleaseAll();
  }

  private CompletableFuture<Void> forwards(int pid) {
    CompletableFuture<Void> done =
        pool.forward(channel.eventLoop(), pid, new byte[5]).toCompletableFuture();
    channel.runPendingTasks();
    return done;
  }

  private void taken(int index) {
    answers.get(index).complete(null);
    channel.runPendingTasks();
  }

  private void passes(long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void a_request_is_done_when_the_peer_has_taken_it() {
    CompletableFuture<Void> done = forwards(1);
    assertThat(done).isNotDone();
    assertThat(pool.underWay()).isEqualTo(1);

    taken(0);
    assertThat(done).isDone();
    assertThat(pool.underWay()).isZero();
  }

  @Test
  void more_than_the_size_wait_for_their_turn() {
    forwards(1);
    forwards(2);
    CompletableFuture<Void> third = forwards(3);
    assertThat(sent).containsExactly(1, 2);
    assertThat(pool.waiting()).isEqualTo(1);

    taken(1);
    assertThat(sent).containsExactly(1, 2, 3);
    assertThat(third).isNotDone();
    taken(2);
    assertThat(third).isDone();
  }

  @Test
  void nobody_waits_for_long() {
    forwards(1);
    forwards(2);
    CompletableFuture<Void> third = forwards(3);

    passes(11);

    assertThat(third).isDone();
    assertThat(pool.waiting()).isZero();
    taken(0);
    assertThat(sent).as("what was dropped is not sent later").containsExactly(1, 2);
  }

  @Test
  void a_flood_is_dropped_and_leaves_room_again() {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      all.add(forwards(i));
    }
    assertThat(pool.underWay()).isEqualTo(2);
    assertThat(pool.waiting()).isEqualTo(1000);
    assertThat(all.stream().filter(CompletableFuture::isDone)).hasSize(5000 - 1002);

    for (int i = 0; i < answers.size(); i++) {
      taken(i);
    }
    assertThat(all).allMatch(CompletableFuture::isDone);
    assertThat(pool.underWay()).isZero();
  }

  @Override
  public CompletionStage<Void> cancel(
      BackendTarget target, @Nullable SocketAddress server, EventLoop loop, int pid, byte[] key) {
    sent.add(pid);
    CompletableFuture<Void> answer = new CompletableFuture<>();
    answers.add(answer);
    return answer;
  }

  @Override
  public void connect(BackendTarget target, EventLoop loop, BackendOwner owner) {
    throw new UnsupportedOperationException("a peer is no server");
  }
}
