package org.pglynx.proxy.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.PluginsConfig;
import org.pglynx.proxy.config.StatementLogConfig;
import org.pglynx.proxy.stats.TimeHistogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slow statements of the process: a line each in the log, and a table of their kinds. Event
 * loops only hand them over; texts are read and lines written on a thread that ends when nothing
 * has been slow for a while. What comes faster than that is counted, not kept.
 */
public final class StatementLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatementLog.class);
  private static final int WAITING = 1024;
  private static final int KINDS = 500;
  private static final int IDLE_SECONDS = 30;
  private static final double NANOS_A_MILLI = 1e6;

  private record Kind(String database, String user, String text) {}

  private static final class Seen {
    private final TimeHistogram times = new TimeHistogram();
    private long count;
    private long total;
    private long max;
    private long lastMillis;

    void add(long nanos) {
      times.record(nanos);
      count++;
      total += nanos;
      max = Math.max(max, nanos);
      lastMillis = System.currentTimeMillis();
    }

    SlowRow row(Kind kind) {
      return new SlowRow(
          kind.database(),
          kind.user(),
          kind.text(),
          count,
          times.snapshot(),
          total,
          max,
          lastMillis);
    }
  }

  /** The kind that has not been slow for longest goes when there are too many. */
  private final Map<Kind, Seen> kinds =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, Seen> eldest) {
          return size() > KINDS;
        }
      };

  private final QueryLog queries = new QueryLog();
  private final AtomicLong lost = new AtomicLong();
  private final ThreadPoolExecutor thread;
  private volatile TraceSink traces = TraceSink.NONE;
  private volatile StatementLogConfig config = StatementLogConfig.NONE;
  private volatile long slowNanos = Long.MAX_VALUE;

  /** Of which nothing is kept yet. */
  StatementLog() {
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().name("pglynx-slow-", 0).daemon().factory());
    thread.allowCoreThreadTimeOut(true);
  }

  /** Something else is kept from now on. */
  void become(StatementLogConfig changed) {
    config = changed;
    slowNanos =
        changed.slowMillis() == 0
            ? Long.MAX_VALUE
            : TimeUnit.MILLISECONDS.toNanos(changed.slowMillis());
  }

  /** What keeps the texts of a session; null if they are not kept. */
  @Nullable StatementTrace trace(Session session) {
    Optional<PluginsConfig.QueryLog> logged = session.profile().queryLog();
    return config.tracked() || config.slowMillis() > 0 || traces.wanted() || logged.isPresent()
        ? new StatementTrace(
            session, this, logged.map(how -> new QueryTrace(session, how, queries)).orElse(null))
        : null;
  }

  /** Who takes the statements of traces from now on. */
  void traces(TraceSink sink) {
    traces = sink;
  }

  /** Who takes the statements of traces. */
  TraceSink traces() {
    return traces;
  }

  /** From how long on a statement is slow. */
  long slowNanos() {
    return slowNanos;
  }

  /** A statement has been slow. Any thread; does not wait. */
  void slow(SlowStatement statement) {
    try {
      thread.execute(() -> take(statement));
    } catch (RejectedExecutionException _) {
      lost.incrementAndGet();
    }
  }

  private void take(SlowStatement statement) {
    String text = statement.text().shown();
    synchronized (kinds) {
      kinds
          .computeIfAbsent(
              new Kind(statement.database(), statement.user(), text), fresh -> new Seen())
          .add(statement.nanos());
    }
    if (ThreadLocalRandom.current().nextInt(100) < config.percent()) {
      LOG.info(
          "slow statement: took_ms={} session={} database={} user={} application={} client={}"
              + " server={} statements={} ahead={} fingerprint={}"
              + " traceparent={} query={}",
          Math.round(statement.nanos() / NANOS_A_MILLI * 1000) / 1000.0,
          statement.session(),
          statement.database(),
          statement.user(),
          statement.applicationName(),
          statement.address(),
          statement.server(),
          statement.statements(),
          statement.ahead(),
          fingerprint(text),
          TraceParent.of(statement.text().bytes()),
          text);
    }
    long missed = lost.getAndSet(0);
    if (missed > 0) {
      LOG.warn("slow statements that were too many to be told: count={}", missed);
    }
  }

  /** FNV-1a: short, and the same in every process. */
  static String fingerprint(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ each & 0xff) * 0x100000001b3L;
    }
    return String.format("%016x", hash);
  }

  /** The kinds of slow statements, the one that took the most time first. */
  public List<SlowRow> rows() {
    List<SlowRow> rows = new ArrayList<>();
    synchronized (kinds) {
      kinds.forEach((kind, seen) -> rows.add(seen.row(kind)));
    }
    rows.sort((one, other) -> Long.compare(other.totalNanos(), one.totalNanos()));
    return rows;
  }

  /** Begins the table anew. */
  public void forget() {
    synchronized (kinds) {
      kinds.clear();
    }
  }

  /** The lines of all statements, where pools want them. */
  public QueryLog queries() {
    return queries;
  }

  @Override
  public void close() {
    queries.close();
    thread.shutdownNow();
  }
}
