package org.pglynx.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;

/**
 * What has been started, closed in reverse order. Starting and closing exclude each other, so that
 * Ctrl-C during a start waits for it and then stops what it started.
 */
final class Stoppables implements AutoCloseable {
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private boolean closed;

  /** Something that takes its time to start. */
  @FunctionalInterface
  interface Start<T, E extends Exception> {
    T start() throws E;
  }

  /**
   * Starts something and remembers to close it.
   *
   * @throws CancellationException when everything has been closed already
   */
  synchronized <T extends AutoCloseable, E extends Exception> T add(Start<T, E> start) throws E {
    if (closed) {
      throw new CancellationException("stopping");
    }
    T value = start.start();
    started.push(value);
    return value;
  }

  /** True once the end has begun, from when on failures are no news. */
  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!started.isEmpty()) {
      stop(started.pop());
    }
  }

  /** One that fails to stop must not keep the others running. */
  private static void stop(AutoCloseable running) {
    try {
      running.close();
    } catch (Exception e) {
      System.err.println("stopping failed: " + e);
    }
  }
}
