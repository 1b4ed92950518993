package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.wire.PgError;

/** Layer 2: cancel requests among several proxies behind one address. */
class PeerCancelTest {
  private static final int MINE = 5;
  private static final int OTHER = 9;

  private record Forwarded(int peer, int pid, byte[] key) {}

  private final ManualLoop loop = new ManualLoop();
  private final List<Forwarded> forwarded = new ArrayList<>();
  private final CompletableFuture<Void> taken = new CompletableFuture<>();
  private final SessionRegistry registry =
      new SessionRegistry(
          10,
          MINE,
          (peer, pid, key, on) -> {
            forwarded.add(new Forwarded(peer, pid, key));
            return taken;
          });

  /** A client that counts what reaches it. */
  private final class Target implements LiveClient {
    final byte[] key;
    int hits;

    Target(byte[] key) {
      this.key = key;
    }

    @Override
    public byte[] cancelKey() {
      return key;
    }

    @Override
    public ScheduledExecutorService loop() {
      return loop;
    }

    @Override
    public SessionProfile profile() {
      throw new AssertionError("nobody asks for it");
    }

    @Override
    public ClientView view() {
      throw new AssertionError("nobody looks at it");
    }

    @Override
    public CompletionStage<Void> onCancelRequest() {
      hits++;
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onDrain(PgError why) {
      // Nothing is to be ended.
    }

    @Override
    public void onShutdown(PgError why) {
      // Nothing is to be ended.
    }
  }

  private CompletableFuture<Void> arrives(int pid, byte[] key) {
    CompletableFuture<Void> done = registry.onCancelRequest(pid, key, loop).toCompletableFuture();
    loop.run();
    return done;
  }

  private static byte[] marked(byte[] key) {
    byte[] more = Arrays.copyOf(key, key.length + 1);
    more[key.length] = 'P';
    return more;
  }

  private static int of(int peer) {
    return new ProcessIds(peer, new Random(1)).next();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, MINE, 1023})
  void a_process_id_is_positive_and_tells_its_proxy(int peer) {
    ProcessIds ids = new ProcessIds(peer, new Random(1));
    for (int i = 0; i < 1000; i++) {
      int pid = ids.next();
      assertThat(pid).isPositive();
      assertThat(ids.peer(pid)).isEqualTo(peer);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void a_request_for_an_own_session_is_taken_here(int minor) {
    Target target = new Target(registry.newKey(minor));
    int pid = registry.register(target);

    assertThat(arrives(pid, target.key)).isDone();
    assertThat(target.hits).isEqualTo(1);
    assertThat(forwarded).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void a_request_that_another_proxy_has_forwarded_is_taken_here(int minor) {
    Target target = new Target(registry.newKey(minor));
    int pid = registry.register(target);

    assertThat(arrives(pid, marked(target.key))).isDone();
    assertThat(target.hits).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 32})
  void a_request_for_another_proxys_session_is_forwarded_with_a_mark(int length) {
    byte[] key = new byte[length];
    int pid = of(OTHER);

    CompletableFuture<Void> done = arrives(pid, key);

    assertThat(done).isNotDone();
    assertThat(forwarded).hasSize(1);
    assertThat(forwarded.getFirst().peer()).isEqualTo(OTHER);
    assertThat(forwarded.getFirst().pid()).isEqualTo(pid);
    assertThat(forwarded.getFirst().key()).isEqualTo(marked(key));
    taken.complete(null);
    assertThat(done).isDone();
  }

  @Test
  void a_forwarded_request_is_never_forwarded_again() {
    assertThat(arrives(of(OTHER), marked(new byte[4]))).isDone();
    assertThat(forwarded).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 8, 31, 33, 255, 256})
  void a_key_that_no_proxy_of_ours_gives_is_not_forwarded(int length) {
    assertThat(arrives(of(OTHER), new byte[length])).isDone();
    assertThat(forwarded).isEmpty();
  }

  @Test
  void a_mark_is_no_way_around_the_key() {
    Target target = new Target(new byte[] {1, 2, 3, 4});
    int pid = registry.register(target);

    arrives(pid, marked(new byte[] {1, 2, 3, 5}));
    arrives(pid, new byte[] {1, 2, 3, 4, 5});
    arrives(pid, marked(new byte[] {1, 2, 3, 4, 'P'}));
    assertThat(target.hits).isZero();
  }

  @Test
  void a_proxy_on_its_own_knows_no_marks() {
    SessionRegistry alone = new SessionRegistry(10);
    Target target = new Target(alone.newKey(0));
    int pid = alone.register(target);

    alone.onCancelRequest(pid, marked(target.key), loop);
    loop.run();
    assertThat(target.hits).isZero();
    alone.onCancelRequest(pid, target.key, loop);
    loop.run();
    assertThat(target.hits).isEqualTo(1);
  }
}
