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
   * another thread must hop there itself.
   *
   * @param cancel asked once more before the work starts, so that a cancelled one never runs
   * @throws MlException of kind QUEUE_FULL when the queue is full or the executor is closed
   */
  public <T> CompletableFuture<T> submit(CancelToken cancel, Callable<T> computation) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      pool.execute(() -> run(cancel, computation, result));
    } catch (RejectedExecutionException e) {
      throw new MlException(
          MlException.Kind.QUEUE_FULL,
          "too many " + work + " are queued",
          "%d are running and %d of %d are waiting."
              .formatted(pool.getActiveCount(), pool.getQueue().size(), queueLimit),
          "Try again when one of them is done.");
    }
    return result;
  }

  /** Computations that run now. */
  public int running() {
    return pool.getActiveCount();
  }

  /** Computations that wait. */
  public int queued() {
    return pool.getQueue().size();
  }

  /** Refuses new work and forgets waiting work; running work ends when its token is cancelled. */
  @Override
  public void close() {
    pool.shutdownNow();
  }

  private static <T> void run(CancelToken cancel, Callable<T> work, CompletableFuture<T> result) {
    try {
      cancel.check();
      result.complete(work.call());
    } catch (Throwable failure) { // the future is the only place where a failure can be seen
      result.completeExceptionally(failure);
    }
  }
}
