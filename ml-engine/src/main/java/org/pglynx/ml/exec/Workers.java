package org.pglynx.ml.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.pglynx.ml.model.MlException;

/** The threads of one fit: runs numbered tasks side by side, and is gone when the fit is done. */
public final class Workers implements AutoCloseable {
  private final ExecutorService pool;
  private final int threads;

  /** Workers on that many threads, at least 1. */
  public Workers(String name, int threads) {
    this.threads = Math.max(1, threads);
    this.pool = Executors.newFixedThreadPool(this.threads, new DaemonThreads(name));
  }

  /**
   * Runs task 0 … count − 1 and returns when all are done. After a failure no further task starts,
   * and the first failure is thrown.
   */
  public void forEach(int count, IntConsumer task) {
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> futures = new ArrayList<>();
    for (int t = 0; t < Math.min(threads, count); t++) {
      futures.add(pool.submit(() -> drain(next, count, task)));
    }
    futures.forEach(Workers::await);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }

  private static void drain(AtomicInteger next, int count, IntConsumer task) {
    try {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        task.accept(i);
      }
    } catch (RuntimeException failure) {
      next.set(count);
      throw failure;
    }
  }

  private static void await(Future<?> future) {
    try {
      future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MlException(MlException.Kind.CANCELLED, "training was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MlException known) {
        throw known;
      }
      throw new MlException(MlException.Kind.INTERNAL, "training failed: " + e.getCause(), e);
    }
  }
}
