package org.pglynx.proxy.telemetry;

import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.TracesConfig;
import org.pglynx.proxy.session.TracedStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the statements of traces to one collector, a batch at a time: what has come within a
 * second, or a full batch at once. What comes while the queue is full is dropped and counted.
 */
final class Export implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Export.class);
  private static final int WAITING = 4096;
  private static final int BATCH = 512;
  private static final long GATHER_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** How long a stop waits for a collector. */
  private static final long PARTING_MILLIS = 2_000;

  private final BlockingQueue<TracedStatement> queue = new ArrayBlockingQueue<>(WAITING);
  private final SpanExporter exporter;
  private final Spans spans;
  private final LongAdder exported;
  private final LongAdder failed;
  private final LongAdder dropped;
  private final Thread thread;
  private final LibraryLog libraryLog;
  private volatile boolean leaving;
  private volatile long patienceMillis = ANSWER.toMillis();
  private boolean failing;

  private Export(
      SpanExporter exporter, Spans spans, LongAdder exported, LongAdder failed, LongAdder dropped) {
    this.exporter = exporter;
    this.spans = spans;
    this.exported = exported;
    this.failed = failed;
    this.dropped = dropped;
    this.libraryLog = LibraryLog.install();
    this.thread = Thread.ofPlatform().name("pglynx-traces").daemon().unstarted(this::run);
  }

  static Export start(
      TracesConfig config,
      String version,
      LongAdder exported,
      LongAdder failed,
      LongAdder dropped) {
    Export export =
        new Export(
            exporter(config), new Spans(config.service(), version), exported, failed, dropped);
    export.thread.start();
    return export;
  }

  private static SpanExporter exporter(TracesConfig config) {
    OtlpHttpSpanExporterBuilder builder =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(config.endpoint())
            .setConnectTimeout(CONNECT)
            .setTimeout(ANSWER)
            // The next batch is due within a second anyway; a stop must not wait for retries.
            .setRetryPolicy(null);
    for (String header : config.headers().value().split(",", -1)) {
      int equals = header.indexOf('=');
      if (equals > 0) {
        builder.addHeader(header.substring(0, equals), header.substring(equals + 1).strip());
      }
    }
    return builder.build();
  }

  /** Takes a statement, or drops it. Any thread; does not wait. */
  void take(TracedStatement statement) {
    if (!queue.offer(statement)) {
      dropped.increment();
    }
  }

  private void run() {
    List<TracedStatement> batch = new ArrayList<>(BATCH);
    while (!leaving || !queue.isEmpty()) {
      try {
        gather(batch);
      } catch (InterruptedException _) {
        // Whoever makes it leave wakes it: what waits is sent at once.
        queue.drainTo(batch, BATCH - batch.size());
      }
      if (!batch.isEmpty()) {
        send(spans.of(batch));
        batch.clear();
      }
    }
    exporter.shutdown().join(PARTING_MILLIS, TimeUnit.MILLISECONDS);
    libraryLog.remove();
  }

  private void gather(List<TracedStatement> batch) throws InterruptedException {
    batch.add(queue.take());
    long end = System.nanoTime() + GATHER_NANOS;
    while (batch.size() < BATCH && !leaving) {
      TracedStatement next = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        return;
      }
      batch.add(next);
    }
  }

  private void send(List<SpanData> batch) {
    CompletableResultCode result = exporter.export(batch);
    boolean done = result.join(patienceMillis, TimeUnit.MILLISECONDS).isSuccess();
    (done ? exported : failed).add(batch.size());
    if (done == failing) {
      failing = !done;
      tell(result.getFailureThrowable());
    }
  }

  /** Once when it begins to fail, and once when it works again. */
  private void tell(@Nullable Throwable why) {
    if (failing) {
      LOG.warn(
          "traces cannot be told, and are dropped until they can: {}",
          why == null ? "the collector does not take them" : why.toString());
    } else {
      LOG.info("traces are told again");
    }
  }

  /** Ends when what waits has been sent. Does not wait. */
  void leave() {
    leaving = true;
    thread.interrupt();
  }

  @Override
  public void close() {
    patienceMillis = PARTING_MILLIS;
    leave();
    try {
      thread.join(2 * PARTING_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
