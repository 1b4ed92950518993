package org.pglynx.proxy.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** An event loop that runs on the test's thread, when the test says so. */
final class ManualLoop extends AbstractExecutorService implements ScheduledExecutorService {
  private final Thread thread = Thread.currentThread();
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Timer> timers = new ArrayList<>();
  private long nowMillis;

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Runs until the condition holds; for tests with another thread. */
  void runUntil(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    run();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("nothing happens any more");
      }
      Thread.onSpinWait();
      run();
    }
  }

  /** Lets time pass. */
  void pass(long millis) {
    nowMillis += millis;
    for (Timer timer : List.copyOf(timers)) {
      if (timer.atMillis <= nowMillis) {
        timers.remove(timer);
        timer.run();
      }
    }
    run();
  }

  /** The time as nanoseconds. */
  long nanos() {
    return TimeUnit.MILLISECONDS.toNanos(nowMillis);
  }

  /** Timers that are set and not cancelled. */
  long timers() {
    return timers.stream().filter(timer -> !timer.isCancelled()).count();
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Timer timer = new Timer(command, nowMillis + unit.toMillis(delay));
    timers.add(timer);
    return timer;
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }

  private static final class Timer extends FutureTask<@Nullable Object>
      implements ScheduledFuture<@Nullable Object> {
    final long atMillis;

    Timer(Runnable command, long atMillis) {
      super(command, null);
      this.atMillis = atMillis;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }
}
