package org.pglynx.ml.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class IdleOrBackgroundTest {
  private final ExecutorService idle = Executors.newSingleThreadExecutor();
  private final ExecutorService background = Executors.newSingleThreadExecutor();
  private final AtomicLong nanos = new AtomicLong();
  private final IdleOrBackground threads = new IdleOrBackground(idle, background, nanos::get);

  @AfterEach
  void shutdown() {
    threads.shutdown();
  }

  @Test
  void theBackgroundThreadIsTakenWhileTheIdleOneGetsNoCore() throws Exception {
    CountDownLatch core = new CountDownLatch(1);
    Future<?> starved = idle.submit(() -> core.await(20, TimeUnit.SECONDS));

    assertThat(threads.next()).isSameAs(background);
    assertThat(threads.last()).isSameAs(background);

    core.countDown();
    starved.get(10, TimeUnit.SECONDS);
    assertThat(threads.next()).as("not asked again yet").isSameAs(background);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
    assertThat(idleWithinSomeLooks()).isTrue();
  }

  /** The machine that tests run on may have no core to spare now and then. */
  private boolean idleWithinSomeLooks() throws InterruptedException {
    for (int look = 0; look < 100; look++) {
      if (threads.next() == idle) {
        return true;
      }
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
    }
    return false;
  }
}
