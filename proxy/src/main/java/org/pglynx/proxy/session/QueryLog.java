package org.pglynx.proxy.session;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.pglynx.proxy.config.PluginsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of pgcat's query_logger, each with how long its statement took. Event loops only hand
 * statements over; lines are written by a thread that ends when there are none for a while. What
 * comes faster than that is counted, not written, and its number told.
 */
public final class QueryLog implements AutoCloseable {
  /** Of its lines. */
  public static final String LOGGER = "query_logger";

  private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
  private static final int WAITING = 8192;
  private static final int IDLE_SECONDS = 30;
  private static final double NANOS_A_MILLI = 1e6;

  /**
   * A statement that has been answered.
   *
   * @param how how it is logged
   * @param session the process id that its client was told
   * @param server where it ran; empty if the proxy answered it
   * @param nanos how long it took, together with those of the same batch
   * @param statements how many those are
   */
  record Line(
      PluginsConfig.QueryLog how,
      String database,
      String user,
      int session,
      String server,
      long nanos,
      int statements,
      RunningView.Text text) {}

  private final AtomicLong untold = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final ThreadPoolExecutor thread;

  /** One without lines. */
  QueryLog() {
    this(WAITING);
  }

  /** One that keeps so many that are not written yet. */
  QueryLog(int waiting) {
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            Thread.ofPlatform().name("pglynx-queries-", 0).daemon().factory());
    thread.allowCoreThreadTimeOut(true);
  }

  /** A statement is to be logged. Any thread; does not wait. */
  void take(Line line) {
    try {
      thread.execute(() -> write(line));
    } catch (RejectedExecutionException _) {
      untold.incrementAndGet();
      dropped.incrementAndGet();
    }
  }

  /** How many statements came too fast to be logged, so far. */
  public long dropped() {
    return dropped.get();
  }

  private void write(Line line) {
    LOG.info(
        "[pool: {}][user: {}] {} -- took_ms={} session={} server={} statements={}",
        line.database(),
        line.user(),
        text(line),
        Math.round(line.nanos() / NANOS_A_MILLI * 1000) / 1000.0,
        line.session(),
        line.server(),
        line.statements());
    long missed = untold.getAndSet(0);
    if (missed > 0) {
      LOG.warn("statements that were too many to be logged: count={}", missed);
    }
  }

  private static String text(Line line) {
    RunningView.Text text = line.text();
    if (line.how().redact()) {
      return text.shown();
    }
    String all = new String(text.bytes(), StandardCharsets.UTF_8).replace('\n', ' ');
    return text.whole() ? all : all + "…";
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
