package org.pglynx.ml.data;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The generator behind NumPy's {@code RandomState}: the Mersenne Twister MT19937 (Matsumoto,
 * Nishimura 1998) with NumPy's ways to draw bounded numbers and permutations. With it, algorithms
 * that draw rows fit scikit-learn's own model for the same {@code random_state}.
 */
public final class NumpyRandom {
  private static final int N = 624;
  private static final int M = 397;

  private final int[] state = new int[N];
  private int next = N;

  /** A generator whose sequence is that of {@code RandomState(seed)} with the lower 32 bits. */
  public NumpyRandom(long seed) {
    state[0] = (int) seed;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /** A number in [0, bound): {@code randint(bound)}. */
  public int nextInt(int bound) {
    return upTo(bound - 1);
  }

  /** A number in [from, bound): {@code randint(from, bound)}. */
  public int nextInt(int from, int bound) {
    return from + upTo(bound - 1 - from);
  }

  /** A number in [0, 1): {@code random_sample()}. */
  public double nextDouble() {
    int high = next32() >>> 5;
    int low = next32() >>> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;
  }

  /** The numbers from 0 to count - 1 in some order: {@code permutation(count)}. */
  public int[] permutation(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    for (int i = count - 1; i > 0; i--) {
      int j = upTo(i);
      int held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    return order;
  }

  /** Some of the numbers from 0 to count - 1: scikit-learn's sample_without_replacement. */
  public int[] sample(int count, int wanted) {
    double ratio = (double) wanted / count;
    if (ratio > 0.01 && ratio < 0.99) {
      return Arrays.copyOf(permutation(count), wanted);
    }
    return ratio < 0.2 ? tracked(count, wanted) : reservoir(count, wanted);
  }

  private int[] tracked(int count, int wanted) {
    Set<Integer> drawn = new LinkedHashSet<>();
    while (drawn.size() < wanted) {
      drawn.add(nextInt(count));
    }
    return drawn.stream().mapToInt(i -> i).toArray();
  }

  private int[] reservoir(int count, int wanted) {
    int[] out = new int[wanted];
    for (int i = 0; i < count; i++) {
      int j = i < wanted ? i : nextInt(i + 1);
      if (j < wanted) {
        out[j] = i;
      }
    }
    return out;
  }

  /** A number in [0, max]: draws under the mask of max until one is not above it. */
  private int upTo(int max) {
    if (max == 0) {
      return 0;
    }
    int mask = -1 >>> Integer.numberOfLeadingZeros(max);
    int value;
    do {
      value = next32() & mask;
    } while (value > max);
    return value;
  }

  private int next32() {
    if (next == N) {
      twist();
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void twist() {
    for (int i = 0; i < N; i++) {
      int y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
    }
    next = 0;
  }
}
