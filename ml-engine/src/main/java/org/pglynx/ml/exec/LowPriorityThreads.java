package org.pglynx.ml.exec;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes named daemon threads at the lowest priority, so that serving wins every contest. */
final class LowPriorityThreads implements ThreadFactory {
  private final String name;
  private final AtomicInteger number = new AtomicInteger();

  LowPriorityThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    return thread;
  }
}
