package org.pglynx.ml.neural;

import java.util.Arrays;

/**
 * Where a network's numbers are in one array: for each layer its weights, inputs × units row-major,
 * then an intercept for each unit.
 */
final class Layout {
  private final int[] sizes;
  private final int[] weights;
  private final int count;

  /**
   * A layout.
   *
   * @param sizes features, units of each hidden layer, outputs
   */
  Layout(int[] sizes) {
    this.sizes = sizes.clone();
    this.weights = new int[sizes.length - 1];
    int at = 0;
    for (int l = 0; l < weights.length; l++) {
      weights[l] = at;
      at = Math.addExact(at, Math.multiplyExact(sizes[l] + 1, sizes[l + 1]));
    }
    this.count = at;
  }

  /** How many numbers there are, without an overflow. */
  static long count(int[] sizes) {
    long count = 0;
    for (int l = 0; l + 1 < sizes.length; l++) {
      count += (sizes[l] + 1L) * sizes[l + 1];
    }
    return count;
  }

  int count() {
    return count;
  }

  int layers() {
    return weights.length;
  }

  int inputs(int layer) {
    return sizes[layer];
  }

  int units(int layer) {
    return sizes[layer + 1];
  }

  int outputs() {
    return sizes[sizes.length - 1];
  }

  int widest() {
    return Arrays.stream(sizes).max().orElseThrow();
  }

  int weights(int layer) {
    return weights[layer];
  }

  int intercepts(int layer) {
    return weights[layer] + sizes[layer] * sizes[layer + 1];
  }

  int[] sizes() {
    return sizes.clone();
  }

  /** The sums of a layer's units. */
  void sums(double[] numbers, int layer, double[] in, double[] out) {
    int units = units(layer);
    System.arraycopy(numbers, intercepts(layer), out, 0, units);
    int at = weights[layer];
    for (int i = 0; i < sizes[layer]; i++, at += units) {
      double value = in[i];
      if (value != 0) {
        for (int u = 0; u < units; u++) {
          out[u] += value * numbers[at + u];
        }
      }
    }
  }
}
