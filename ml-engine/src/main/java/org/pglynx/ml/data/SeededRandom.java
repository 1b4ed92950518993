package org.pglynx.ml.data;

/**
 * SplitMix64 (Steele, Lea, Flood 2014): a small generator whose sequence is ours, so that a stored
 * seed gives the same split and the same forest on every JDK.
 */
public final class SeededRandom {
  private long state;

  /** A generator whose sequence depends on nothing but the seed. */
  public SeededRandom(long seed) {
    this.state = seed;
  }

  /** The next 64 random bits. */
  public long nextLong() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number in [0, bound); the bias of the multiply-shift is below bound / 2^32. */
  public int nextInt(int bound) {
    return (int) ((nextLong() >>> 32) * bound >>> 32);
  }

  /** A number in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }
}
