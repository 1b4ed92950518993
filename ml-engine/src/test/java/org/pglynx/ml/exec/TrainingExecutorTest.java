package org.pglynx.ml.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pglynx.ml.model.CancelSource;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;

@Timeout(20)
class TrainingExecutorTest {
  private final TrainingExecutor executor = new TrainingExecutor("train", "trainings", 1, 1);
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() {
    release.countDown();
    executor.close();
  }

  @Test
  void runsOnNamedDaemonThreads() throws Exception {
    Thread thread = executor.submit(CancelToken.NEVER, Thread::currentThread).get();

    assertThat(thread.getName()).isEqualTo("train-1");
    assertThat(thread.isDaemon()).isTrue();
  }

  @Test
  void refusesWhenTheQueueIsFullSayingHowFull() throws Exception {
    occupy();
    executor.submit(CancelToken.NEVER, () -> 2);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> executor.submit(CancelToken.NEVER, () -> 3))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(MlException.Kind.QUEUE_FULL))
        .satisfies(e -> assertThat(e.detail()).isEqualTo("1 are running and 1 of 1 are waiting."));
  }

  @Test
  void workCancelledInTheQueueNeverRuns() throws Exception {
    CancelSource cancel = new CancelSource();
    AtomicInteger runs = new AtomicInteger();
    occupy();
    CompletableFuture<Integer> queued = executor.submit(cancel, runs::incrementAndGet);

    cancel.cancel();
    release.countDown();

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> queued.get(10, TimeUnit.SECONDS))
        .withCauseInstanceOf(MlException.class);
    assertThat(runs).hasValue(0);
  }

  @Test
  void workCancelledInTheQueueLeavesItsPlaceToTheNext() throws Exception {
    CancelSource cancel = new CancelSource();
    occupy();
    CompletableFuture<Integer> gone = executor.submit(cancel, () -> 1);
    cancel.cancel();
    assertThat(executor.queued()).isZero();

    CompletableFuture<Integer> next = executor.submit(CancelToken.NEVER, () -> 2);

    assertThat(gone).isCompletedExceptionally();
    release.countDown();
    assertThat(next.get(10, TimeUnit.SECONDS)).isEqualTo(2);
  }

  @Test
  void aFailureReachesTheFutureAndTheNextWorkRuns() throws Exception {
    CompletableFuture<Object> failed =
        executor.submit(
            CancelToken.NEVER,
            () -> {
              throw new IllegalStateException("broken");
            });
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> failed.get(10, TimeUnit.SECONDS));

    assertThat(executor.submit(CancelToken.NEVER, () -> 7).get(10, TimeUnit.SECONDS)).isEqualTo(7);
  }

  @Test
  void workersRunEveryTaskOnceAndPassOnTheFirstFailure() {
    int[] runs = new int[1000];
    try (Workers workers = new Workers("fit", 3)) {
      workers.forEach(runs.length, i -> runs[i]++);
      assertThat(runs).containsOnly(1);

      assertThatExceptionOfType(MlException.class)
          .isThrownBy(() ->
              workers.forEach(
                  1000,
                  i -> {
                    if (i == 10) {
                      throw new MlException(MlException.Kind.CANCELLED, "stop");
                    }
                  }))
          .withMessage("stop");
    }
  }

  /** Fills the only thread until the test releases it. */
  private void occupy() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    executor.submit(
        CancelToken.NEVER,
        () -> {
          started.countDown();
          release.await();
          return 1;
        });
    started.await();
  }
}
