package org.pglynx.ml.exec;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;

/**
 * A thread for the calls of a native library, which cannot be cancelled: whoever waits for one
 * leaves when the training is cancelled, the call ends behind it, and so does what is left to do on
 * the thread. Calls run one at a time, in order, always on this thread; the library's own threads,
 * which it starts from here, are scheduled like it.
 *
 * <pre>
 *   OPEN ──call…──▶ OPEN ──close──▶ CLOSING (the last call, then the end) ──▶ gone
 * </pre>
 */
public final class SpareThread implements AutoCloseable {
  private static final long LOOK_MILLIS = 20;

  private final Executor executor;
  private final @Nullable ExecutorService own;
  private final CancelToken cancel;

  private SpareThread(Executor executor, @Nullable ExecutorService own, CancelToken cancel) {
    this.executor = executor;
    this.own = own;
    this.cancel = cancel;
  }

  /**
   * A thread that runs where a core would idle, so that nobody else is kept waiting. For calls that
   * hardly run Java code: a collection waits for Java code, and that would wait for a core.
   */
  public static SpareThread idle(String name, CancelToken cancel) {
    return start(name, Scheduling::idle, cancel);
  }

  /** A thread that gets little of a core that others want. */
  public static SpareThread background(String name, CancelToken cancel) {
    return start(name, Scheduling::background, cancel);
  }

  /** The caller's own thread, for calls that are over before it could have been told to stop. */
  public static SpareThread none(CancelToken cancel) {
    return new SpareThread(Runnable::run, null, cancel);
  }

  private static SpareThread start(String name, Runnable first, CancelToken cancel) {
    ExecutorService own = Executors.newSingleThreadExecutor(new LowPriorityThreads(name, first));
    return new SpareThread(own, own, cancel);
  }

  /** A call of a library. */
  @FunctionalInterface
  public interface Call<T extends @Nullable Object, E extends Exception> {
    /** Calls it. */
    T run() throws E;
  }

  /** A call that gives nothing. */
  @FunctionalInterface
  public interface Action<E extends Exception> {
    /** Calls it. */
    void run() throws E;
  }

  /**
   * Runs it, and waits for its end or for a cancel.
   *
   * @throws E what the call throws
   * @throws MlException of kind CANCELLED; the call may run on
   */
  public <T extends @Nullable Object, E extends Exception> T call(Call<T, E> call) throws E {
    cancel.check();
    FutureTask<T> task = new FutureTask<>(call::run);
    executor.execute(task);
    try {
      return await(task);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MlException(MlException.Kind.CANCELLED, "training was interrupted", e);
    } catch (ExecutionException e) {
      throw SpareThread.<E>thrown(e.getCause());
    }
  }

  /** Runs it, and waits for its end or for a cancel. */
  public <E extends Exception> void run(Action<E> action) throws E {
    this.<@Nullable Object, E>call(() -> {
      action.run();
      return null;
    });
  }

  /** Runs it behind all else, and waits for nothing. */
  public void last(Runnable release) {
    executor.execute(release);
  }

  /** Ends the thread behind what it still has to do, and waits for nothing. */
  @Override
  public void close() {
    if (own != null) {
      own.shutdown();
    }
  }

  private <T extends @Nullable Object> T await(FutureTask<T> task)
      throws InterruptedException, ExecutionException {
    while (true) {
      try {
        return task.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        cancel.check();
      }
    }
  }

  @SuppressWarnings("unchecked") // a call throws what it declares, or what needs no declaration
  private static <E extends Exception> E thrown(@Nullable Throwable cause) {
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return (E) cause;
  }
}
