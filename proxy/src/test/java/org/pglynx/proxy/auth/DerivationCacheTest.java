package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DerivationCacheTest {
  private final AtomicInteger derivations = new AtomicInteger();
  private final DerivationCache<String, Integer> cache = new DerivationCache<>(2);

  private int derive(String key) {
    return cache.derive(key, derivations::incrementAndGet);
  }

  @Test
  void derivesOnceAKey() {
    assertThat(cache.ready("a")).isNull();

    assertThat(derive("a")).isEqualTo(derive("a"));

    assertThat(derivations).hasValue(1);
    assertThat(cache.ready("a")).isEqualTo(1);
  }

  @Test
  void dropsTheLeastRecentlyUsedBeyondItsCapacity() {
    derive("a");
    derive("b");
    cache.ready("a");

    derive("c");

    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.ready("a")).isNotNull();
    assertThat(cache.ready("b")).isNull();
  }

  @Test
  void aDerivationUnderWayHoldsUpNobodyWhoOnlyLooks() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    Thread slow =
        Thread.ofVirtual()
            .start(() ->
                cache.derive(
                    "a",
                    () -> {
                      started.countDown();
                      awaitUninterrupted(finish);
                      return 7;
                    }));
    started.await();

    assertThat(cache.ready("a")).isNull();
    assertThat(derive("b")).isEqualTo(1);

    finish.countDown();
    slow.join();
    assertThat(cache.ready("a")).isEqualTo(7);
  }

  @Test
  void threadsThatWantTheSameKeyDeriveItOnce() throws InterruptedException {
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = Thread.ofPlatform().start(() -> derive("a"));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(derivations).hasValue(1);
  }

  @Test
  void needsACapacity() {
    assertThatThrownBy(() -> new DerivationCache<String, String>(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
