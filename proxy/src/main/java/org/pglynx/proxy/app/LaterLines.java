package org.pglynx.proxy.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.LoggerFactory;

/**
 * Hands the log's lines to a thread that writes them: whoever logs, event loops above all, never
 * waits for a pipe that nobody reads. What has no room is counted; lines that matter less have less
 * room, so that a flood of them leaves some for an error.
 *
 * <pre>
 *   LATER ──the JVM ends──► AT ONCE
 *   a thread writes         what waited has been written; whoever logs writes
 * </pre>
 */
final class LaterLines extends UnsynchronizedAppenderBase<ILoggingEvent> {
  /** Lines that may wait when one more comes. */
  static final int ROOM = 8192;

  static final int ROOM_OF_WARNINGS = 10_240;
  static final int ROOM_OF_ERRORS = 16_384;
  private static final int AT_A_TIME = 256;

  /** How long the end of the JVM waits for a pipe that nobody reads. */
  private static final long PARTING_SECONDS = 5;

  private final BlockingQueue<ILoggingEvent> waiting = new LinkedBlockingQueue<>();
  private final LongAdder dropped = new LongAdder();
  private final ReentrantLock writing = new ReentrantLock();
  private final Appender<ILoggingEvent> target;
  private final Thread thread;
  private volatile boolean atOnce;
  private long told;

  LaterLines(Appender<ILoggingEvent> target) {
    this.target = target;
    this.thread = Thread.ofPlatform().name("pglynx-log").daemon().unstarted(this::write);
  }

  /** What writes the lines. */
  Appender<ILoggingEvent> target() {
    return target;
  }

  /** How many lines had no room. */
  long dropped() {
    return dropped.sum();
  }

  @Override
  public void start() {
    thread.start();
    super.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (atOnce) {
      finish(event);
      return;
    }
    if (waiting.size() >= room(event.getLevel())) {
      dropped.increment();
      return;
    }
    event.prepareForDeferredProcessing();
    waiting.add(event);
    if (atOnce) {
      // The last look at the queue may have been before.
      finish();
    }
  }

  private static int room(Level level) {
    return level.isGreaterOrEqual(Level.ERROR)
        ? ROOM_OF_ERRORS
        : level.isGreaterOrEqual(Level.WARN) ? ROOM_OF_WARNINGS : ROOM;
  }

  private void write() {
    List<ILoggingEvent> lines = new ArrayList<>(AT_A_TIME);
    while (!atOnce) {
      try {
        ILoggingEvent first = waiting.take();
        writing.lockInterruptibly();
        try {
          lines.add(first);
          waiting.drainTo(lines, AT_A_TIME - 1);
          lines.forEach(target::doAppend);
        } finally {
          lines.clear();
          writing.unlock();
        }
        tellDropped();
      } catch (InterruptedException _) {
        // The JVM ends: whoever ends it writes the rest.
        return;
      }
    }
  }

  private void tellDropped() {
    long now = dropped.sum();
    if (now > told && waiting.isEmpty()) {
      LoggerFactory.getLogger(LaterLines.class)
          .warn(
              "lines of the log that came faster than they could be written: count={}", now - told);
      told = now;
    }
  }

  /** Writes what waits, and from now on whatever comes at once; waits some seconds at most. */
  void finish(ILoggingEvent... last) {
    atOnce = true;
    try {
      if (!writing.tryLock(PARTING_SECONDS, TimeUnit.SECONDS)) {
        dropped.add(last.length);
        return;
      }
      try {
        for (ILoggingEvent next = waiting.poll(); next != null; next = waiting.poll()) {
          target.doAppend(next);
        }
        for (ILoggingEvent each : last) {
          target.doAppend(each);
        }
      } finally {
        writing.unlock();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    finish();
    thread.interrupt();
    super.stop();
  }
}
