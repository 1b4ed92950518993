package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.model.MlException;
import org.pglynx.proxy.relay.Cancellable;

class JobTest {
  private final List<String> failures = new ArrayList<>();

  @Test
  void work_that_ends_well_tells_nothing() {
    Job.start(Runnable::run, cancel -> {}, error -> failures.add(error.code()));

    assertThat(failures).isEmpty();
  }

  @Test
  void every_failure_ends_in_one_error() {
    Job.start(
        Runnable::run,
        cancel -> {
          throw PredictionErrors.noSuchModel(1).toException();
        },
        error -> failures.add(error.code()));
    Job.start(
        Runnable::run,
        cancel -> {
          throw new MlException(MlException.Kind.BAD_HYPERPARAMETER, "no");
        },
        error -> failures.add(error.code()));
    Job.start(
        Runnable::run,
        cancel -> {
          throw new IllegalStateException("a defect");
        },
        error -> failures.add(error.code()));
    Job.start(
        task -> {
          throw new RejectedExecutionException();
        },
        cancel -> {},
        error -> failures.add(error.code()));

    assertThat(failures).containsExactly("42704", "22023", "XX000", "57P01");
  }

  @Test
  void a_full_queue_is_refused_with_its_sqlstate() {
    Job.start(
        task -> {
          throw new MlException(MlException.Kind.QUEUE_FULL, "too many trainings are queued");
        },
        cancel -> {},
        error -> failures.add(error.code()));

    assertThat(failures).containsExactly("53300");
  }

  @Test
  void work_that_is_cancelled_in_the_queue_ends_at_once_and_never_runs() {
    Queue<Runnable> queue = new ArrayDeque<>();
    List<String> ran = new ArrayList<>();
    Cancellable job =
        Job.start(queue::add, cancel -> ran.add("ran"), error -> failures.add(error.code()));

    job.cancel();
    queue.remove().run();

    assertThat(failures).containsExactly("57014");
    assertThat(ran).isEmpty();
  }

  @Test
  void running_work_is_interrupted() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Cancellable job =
        Job.start(
            task -> Thread.ofVirtual().start(task),
            cancel -> {
              running.countDown();
              Thread.sleep(60_000);
            },
            error -> {
              failures.add(error.code());
              ended.countDown();
            });
    running.await();

    job.cancel();

    assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(failures).containsExactly("57014");
  }
}
