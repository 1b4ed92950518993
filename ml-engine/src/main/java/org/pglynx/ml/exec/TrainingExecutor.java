package org.pglynx.ml.exec;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;

/** Runs a fixed number of long computations at a time and queues a bounded number more. */
public final class TrainingExecutor implements AutoCloseable {
  private final ThreadPoolExecutor pool;
  private final String work;
  private final int queueLimit;

  /**
   * An executor with its own threads.
   *
   * @param name prefix of the threads' names
   * @param work what the computations are called where there are too many of them
   * @param concurrent computations at a time, at least 1
   * @param queueLimit computations that may wait, at least 1
   */
  public TrainingExecutor(String name, String work, int concurrent, int queueLimit) {
    this.work = work;
    this.queueLimit = queueLimit;
    this.pool =
        new ThreadPoolExecutor(
            concurrent,
            concurrent,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queueLimit),
            new DaemonThreads(name));
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * Queues a computation. The future completes on a thread of this executor; whoever lives on
   * another thread must hop there itself. What is cancelled while it waits gives its place to the
   * next that needs one.
   *
   * @param cancel asked once more before the work starts, so that a cancelled one never runs
   * @throws MlException of kind QUEUE_FULL when the queue is full or the executor is closed
   */
  public <T> CompletableFuture<T> submit(CancelToken cancel, Callable<T> computation) {
    Task<T> task = new Task<>(cancel, computation, new CompletableFuture<>());
    if (!takes(task) && !(forgetsCancelled() && takes(task))) {
      throw new MlException(
          MlException.Kind.QUEUE_FULL,
          "too many " + work + " are queued",
          "%d are running and %d of %d are waiting."
              .formatted(pool.getActiveCount(), pool.getQueue().size(), queueLimit),
          "Try again when one of them is done.");
    }
    return task.result;
  }

  private boolean takes(Task<?> task) {
    try {
      pool.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private boolean forgetsCancelled() {
    return pool.getQueue().removeIf(waiting -> waiting instanceof Task<?> task && task.gone());
  }

  /** Computations that run now. */
  public int running() {
    return pool.getActiveCount();
  }

  /** Computations that wait. */
  public int queued() {
    return (int)
        pool.getQueue().stream()
            .filter(waiting -> !(waiting instanceof Task<?> task && task.cancel.cancelled()))
            .count();
  }

  /** Refuses new work and forgets waiting work; running work ends when its token is cancelled. */
  @Override
  public void close() {
    pool.shutdownNow();
  }

  private record Task<T>(CancelToken cancel, Callable<T> computation, CompletableFuture<T> result)
      implements Runnable {
    @Override
    public void run() {
      try {
        cancel.check();
        result.complete(computation.call());
      } catch (Throwable failure) { // the future is the only place where a failure can be seen
        result.completeExceptionally(failure);
      }
    }

    /** Whether it is cancelled; whoever waits for it is told. */
    boolean gone() {
      if (cancel.cancelled()) {
        run();
      }
      return cancel.cancelled();
    }
  }
}
