package org.pglynx.proxy.mirror;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.pglynx.proxy.wire.PgError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one mirror gets of one user's statements: bounds it, counts it, and says in the log when it
 * begins to fail and when it works again. Safe for many threads.
 */
final class MirrorTraffic {
  private static final Logger LOG = LoggerFactory.getLogger(MirrorTraffic.class);

  private final String name;
  private final long limit;
  private final AtomicLong waiting = new AtomicLong();
  private final LongAdder begun = new LongAdder();
  private final LongAdder done = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private volatile boolean failing;

  /**
   * None yet.
   *
   * @param name of the mirror, for the log
   * @param limit how many bytes may wait for it
   */
  MirrorTraffic(String name, long limit) {
    this.name = name;
    this.limit = limit;
  }

  /** A stretch of work begins. */
  void begins() {
    begun.increment();
  }

  /** Bytes are to wait; whether there is room. */
  boolean take(int bytes) {
    if (waiting.addAndGet(bytes) <= limit) {
      return true;
    }
    waiting.addAndGet(-bytes);
    return false;
  }

  /** Bytes wait no more. */
  void give(int bytes) {
    waiting.addAndGet(-bytes);
  }

  /** A stretch of work has been done, all of it. */
  void done() {
    done.increment();
    if (failing) {
      failing = false;
      LOG.info("mirror={} keeps up again", name);
    }
  }

  /** It has not: the mirror has missed something. */
  void dropped(PgError why) {
    dropped.increment();
    if (!failing) {
      failing = true;
      LOG.warn("mirror={} misses statements: {}", name, why.message());
    }
  }

  MirrorCounts counts() {
    return new MirrorCounts(begun.sum(), done.sum(), dropped.sum(), waiting.get());
  }
}
