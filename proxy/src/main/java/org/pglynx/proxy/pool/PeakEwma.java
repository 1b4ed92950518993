package org.pglynx.proxy.pool;

import java.util.concurrent.TimeUnit;

/**
 * How long a server has taken of late: an average that follows a rise at once and forgets it within
 * seconds (Finagle's peak-sensitive moving average, "Beyond Round Robin: Load Balancing for
 * Latency"). A server that is not asked is thus tried again some time after it was slow. Confined
 * to an event loop.
 */
final class PeakEwma {
  private static final double DECAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private double average;
  private long stamp;

  /** Something has taken so long, and ended now. */
  void observe(long tookNanos, long now) {
    double keep = kept(now);
    average = tookNanos > average ? tookNanos : average * keep + tookNanos * (1 - keep);
    stamp = now;
  }

  /** What the next thing may be expected to take; 0 if nothing is known. */
  double nanos(long now) {
    return average * kept(now);
  }

  private double kept(long now) {
    return Math.exp(-Math.max(now - stamp, 0) / DECAY_NANOS);
  }
}
