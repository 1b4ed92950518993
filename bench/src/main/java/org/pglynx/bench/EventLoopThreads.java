package org.pglynx.bench;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs benchmarks on threads of the kind that event loops have: Netty's recyclers and thread caches
 * take other paths on plain threads, which allocate. JMH makes one when {@code jmh.executor} is
 * CUSTOM and {@code jmh.executor.class} names it.
 */
public final class EventLoopThreads extends ThreadPoolExecutor {
  /** Called by JMH with the number of benchmark threads and a prefix for their names. */
  public EventLoopThreads(int threads, String prefix) {
    super(
        threads,
        threads,
        1,
        TimeUnit.DAYS,
        new LinkedBlockingQueue<>(),
        new DefaultThreadFactory(prefix));
  }
}
