package org.pglynx.proxy.shard;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Numbers that nobody else gives: milliseconds since 2024, the node that gives them, and a counter
 * (Twitter's Snowflake, 2010, has the same bits). They only grow, also when the clock goes back or
 * more are wanted than a millisecond has: then the time in them runs ahead of the clock, or waits
 * for it. Shared by all threads.
 *
 * <pre>
 *   0 | 41 bits: milliseconds | 10 bits: node | 12 bits: counter
 * </pre>
 */
public final class UniqueIds {
  /** The greatest number of a node. */
  public static final int MAX_NODE = 1023;

  /** 2024-01-01T00:00:00Z. */
  private static final long EPOCH_MILLIS = 1_704_067_200_000L;

  private static final int COUNTER_BITS = 12;
  private static final int NODE_BITS = 10;

  private final int node;
  private final LongSupplier millis;

  /** The milliseconds and the counter of the last one. */
  private final AtomicLong last = new AtomicLong();

  /**
   * Ids of a node.
   *
   * @param node which no other process has that gives ids for the same tables
   * @param millis the clock
   */
  public UniqueIds(int node, LongSupplier millis) {
    this.node = node;
    this.millis = millis;
  }

  /** The next one: greater than all before. */
  public long next() {
    long now = millis.getAsLong() - EPOCH_MILLIS << COUNTER_BITS;
    long own = last.updateAndGet(before -> Math.max(before + 1, now));
    long counter = own & (1 << COUNTER_BITS) - 1;
    long time = own >>> COUNTER_BITS;
    return time << NODE_BITS + COUNTER_BITS | (long) node << COUNTER_BITS | counter;
  }
}
