package org.pglynx.proxy.app;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what must not run on an event loop. Logins have their own: a key is derived in
 * milliseconds, and must not wait behind rows that a model works on.
 *
 * @param compute transforms rows, reads files
 * @param logins derives keys
 */
record Workers(ExecutorService compute, ExecutorService logins) {
  private static final int LOGIN_THREADS = 2;

  /** More logins at once are refused: each would wait longer than its client does. */
  private static final int LOGINS_WAITING = 10_000;

  /** Starts so many threads of the first kind. */
  static Workers start(int threads) {
    return new Workers(
        Executors.newFixedThreadPool(threads, named("pglynx-compute-")),
        new ThreadPoolExecutor(
            LOGIN_THREADS,
            LOGIN_THREADS,
            0,
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(LOGINS_WAITING),
            named("pglynx-login-")));
  }

  private static ThreadFactory named(String prefix) {
    return Thread.ofPlatform().name(prefix, 0).daemon().factory();
  }

  void stop() {
    compute.shutdownNow();
    logins.shutdownNow();
  }
}
