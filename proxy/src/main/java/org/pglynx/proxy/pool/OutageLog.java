package org.pglynx.proxy.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log when the only server of a pool lets nobody in, each minute while it lasts, and when
 * it is over. Clients are told each time; an operator does not read their errors.
 *
 * <pre>
 *          failed()                         connected()
 *   WELL ───────────► FAILING since, told ───────────────► WELL
 * </pre>
 */
public final class OutageLog implements ServerWatch {
  private static final Logger LOG = LoggerFactory.getLogger(OutageLog.class);
  private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  /**
   * A time without a server.
   *
   * @param since its beginning
   * @param told when the log last had it
   * @param attempts how many have failed
   */
  private record Outage(long since, long told, long attempts) {}

  private final String pool;
  private final String server;
  private final LongSupplier nanos;
  private final AtomicReference<@Nullable Outage> outage = new AtomicReference<>();

  /**
   * Of one pool.
   *
   * @param pool database and user
   * @param server for people
   * @param nanos the time
   */
  public OutageLog(String pool, String server, LongSupplier nanos) {
    this.pool = pool;
    this.server = server;
    this.nanos = nanos;
  }

  @Override
  public void connected() {
    if (outage.get() == null) {
      return;
    }
    Outage over = outage.getAndSet(null);
    if (over != null) {
      LOG.info(
          "pool={} server={} lets connections in again, after {} ms and {} attempts",
          pool,
          server,
          TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - over.since()),
          over.attempts());
    }
  }

  @Override
  public void failed(PgError error) {
    long now = nanos.getAsLong();
    Outage before = outage.getAndUpdate(known -> after(known, now));
    if (before == null || now - before.told() >= AGAIN_NANOS) {
      String detail = error.detail();
      LOG.warn(
          "pool={} server={} lets no connection in, attempts={}: {}{}",
          pool,
          server,
          after(before, now).attempts(),
          error.message(),
          detail == null ? "" : ": " + detail);
    }
  }

  private static Outage after(@Nullable Outage known, long now) {
    if (known == null) {
      return new Outage(now, now, 1);
    }
    long told = now - known.told() >= AGAIN_NANOS ? now : known.told();
    return new Outage(known.since(), told, known.attempts() + 1);
  }

  @Override
  public void lost() {
    // The next attempt tells more.
  }
}
