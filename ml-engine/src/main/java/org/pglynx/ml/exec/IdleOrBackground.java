package org.pglynx.ml.exec;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Which of two threads gets the next call: the one that runs where a core would idle, unless there
 * is no such core. On a machine whose cores are always taken it would never end; there the other
 * one has its small share, and whoever waits for those cores waits anyhow.
 *
 * <pre>
 *   IDLE ◀──the idle thread answers in time──┐
 *     └───it does not──▶ BACKGROUND ──asked again after a while
 * </pre>
 */
final class IdleOrBackground implements CallThreads {
  /** An idle thread on a machine with gaps is woken within less. */
  static final long PATIENCE_MILLIS = 20;

  private static final long ASKED_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final ExecutorService idle;
  private final ExecutorService background;
  private final LongSupplier nanos;
  private ExecutorService chosen;
  private long askedAt;

  IdleOrBackground(ExecutorService idle, ExecutorService background, LongSupplier nanos) {
    this.idle = idle;
    this.background = background;
    this.nanos = nanos;
    this.chosen = idle;
    this.askedAt = nanos.getAsLong() - ASKED_AGAIN_NANOS;
  }

  @Override
  public void shutdown() {
    idle.shutdown();
    background.shutdown();
  }

  @Override
  public ExecutorService last() {
    return chosen;
  }

  @Override
  public ExecutorService next() throws InterruptedException {
    if (nanos.getAsLong() - askedAt >= ASKED_AGAIN_NANOS) {
      chosen = answers() ? idle : background;
      askedAt = nanos.getAsLong();
    }
    return chosen;
  }

  /** Nothing is run to ask: a collection would have to wait for Java code that gets no core. */
  private boolean answers() throws InterruptedException {
    Future<?> answer = idle.submit(() -> {});
    try {
      answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      answer.cancel(false);
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
