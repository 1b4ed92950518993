package org.pglynx.proxy.pool;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Where pools have the time from, and the chance that spreads it: tests decide both.
 *
 * @param nanoTime a clock such as System.nanoTime
 * @param chance spreads lifetimes and pauses
 */
record Timing(LongSupplier nanoTime, Supplier<RandomGenerator> chance) {
  static final Timing REAL = new Timing(System::nanoTime, ThreadLocalRandom::current);

  long now() {
    return nanoTime.getAsLong();
  }
}
