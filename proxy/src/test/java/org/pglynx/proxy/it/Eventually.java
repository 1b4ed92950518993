package org.pglynx.proxy.it;

import java.time.Duration;
import java.util.function.Supplier;
import org.assertj.core.api.Assertions;

/** Waits for what happens soon, on another thread or in another process. */
final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private Eventually() {}

  /** Asks until the value is the wanted one; fails with the last value. */
  static <T> void equal(Supplier<T> asked, T wanted) {
    long end = System.nanoTime() + LIMIT.toNanos();
    T value = asked.get();
    while (!wanted.equals(value) && System.nanoTime() < end) {
      pause(20);
      value = asked.get();
    }
    Assertions.assertThat(value).isEqualTo(wanted);
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
