package org.pglynx.ml.exec;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes named daemon threads. Those that run Java have the system's usual priority: with less, on a
 * machine whose cores are all taken, one that gets no core would keep the collector waiting for it,
 * and with it all sessions (200 ms were seen at niceness 10).
 */
final class LowPriorityThreads implements ThreadFactory {
  private final String name;
  private final Runnable first;
  private final AtomicInteger number = new AtomicInteger();

  LowPriorityThreads(String name) {
    this(name, () -> {});
  }

  /**
   * The same with another priority.
   *
   * @param first what a thread does before anything else
   */
  LowPriorityThreads(String name, Runnable first) {
    this.name = name;
    this.first = first;
  }

  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(() -> run(work), name + "-" + number.incrementAndGet());
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    return thread;
  }

  private void run(Runnable work) {
    first.run();
    work.run();
  }
}
