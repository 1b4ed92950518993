package org.pglynx.ml.exec;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;

/**
 * A thread for the calls of a native library, which cannot be cancelled: whoever waits for one
 * leaves when the training is cancelled, the call ends behind it, and so does what is left to do on
 * the thread. Calls run one at a time and in order; the library's own threads, which it starts from
 * here, are scheduled like it.
 *
 * <pre>
 *   OPEN ──call…──▶ OPEN ──close──▶ CLOSING (the last call, then the end) ──▶ gone
 * </pre>
 */
public final class SpareThread implements AutoCloseable {
  private static final long LOOK_MILLIS = 20;

  private final @Nullable CallThreads threads;
  private final CancelToken cancel;
  private volatile @Nullable WaitForCore waits;

  /**
   * Of the threads that its calls are made from; null for the caller's own.
   *
   * @param threads makes them, and has them begin as this one's
   */
  private SpareThread(CancelToken cancel, Function<SpareThread, @Nullable CallThreads> threads) {
    this.cancel = cancel;
    this.threads = threads.apply(this);
  }

  private void beginBackground() {
    Scheduling.background();
    waits = new WaitForCore(Scheduling.thread());
  }

  private void beginIdle() {
    Scheduling.idle();
    waits = new WaitForCore(Scheduling.thread());
  }

  /**
   * A thread that runs where a core would idle, so that nobody else is kept waiting; if there is no
   * such core, another one with a small share of the cores. For calls that hardly run Java code: a
   * collection waits for Java code, and that would wait for a core.
   */
  public static SpareThread idle(String name, CancelToken cancel) {
    Scheduling.prepare();
    return new SpareThread(
        cancel,
        spare ->
            new IdleOrBackground(
                thread(name + "-idle", spare::beginIdle),
                thread(name, Scheduling::background),
                System::nanoTime));
  }

  /**
   * A thread with a small share of the cores, for calls that have to come from the same one because
   * the library keeps something for it.
   */
  public static SpareThread background(String name, CancelToken cancel) {
    Scheduling.prepare();
    return new SpareThread(
        cancel, spare -> new CallThreads.One(thread(name, spare::beginBackground)));
  }

  /** The caller's own thread, for calls that are over before it could have been told to stop. */
  public static SpareThread none(CancelToken cancel) {
    return new SpareThread(cancel, spare -> null);
  }

  private static ExecutorService thread(String name, Runnable first) {
    return Executors.newSingleThreadExecutor(new DaemonThreads(name, first));
  }

  /** A call of a library. */
  @FunctionalInterface
  public interface Call<T, E extends Exception> {
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
  public <T, E extends Exception> T call(Call<T, E> call) throws E {
    cancel.check();
    if (threads == null) {
      return call.run();
    }
    FutureTask<T> task = new FutureTask<>(call::run);
    try {
      threads.next().execute(task);
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
    this.<Boolean, E>call(() -> {
      action.run();
      return Boolean.TRUE;
    });
  }

  /** How long it has waited for a core so far, where the system tells. */
  long waitedNanos() {
    WaitForCore known = waits;
    return known == null ? 0 : known.nanos();
  }

  /** Runs it behind all else, and waits for nothing. */
  public void last(Runnable release) {
    if (threads == null) {
      release.run();
    } else {
      threads.last().execute(release);
    }
  }

  /** Ends the thread behind what it still has to do, and waits for nothing. */
  @Override
  public void close() {
    if (threads != null) {
      threads.shutdown();
    }
  }

  private <T> T await(FutureTask<T> task) throws InterruptedException, ExecutionException {
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
    return (E) Objects.requireNonNull(cause);
  }
}
