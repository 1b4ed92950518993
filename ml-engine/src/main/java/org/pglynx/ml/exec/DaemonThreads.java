package org.pglynx.ml.exec;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes named daemon threads. Those that run Java have the system's usual priority: a collection
 * waits until all Java code has come to a safe point, so one that gets no core would hold up all
 * sessions (ADR 0255).
 */
final class DaemonThreads implements ThreadFactory {
  private final String name;
  private final Runnable first;
  private final AtomicInteger number = new AtomicInteger();

  DaemonThreads(String name) {
    this(name, () -> {});
  }

  /**
   * The same, with a beginning of its own.
   *
   * @param first what a thread does before anything else
   */
  DaemonThreads(String name, Runnable first) {
    this.name = name;
    this.first = first;
  }

  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(() -> run(work), name + "-" + number.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  private void run(Runnable work) {
    first.run();
    work.run();
  }
}
