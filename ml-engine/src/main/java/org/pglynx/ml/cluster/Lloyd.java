package org.pglynx.ml.cluster;

import java.util.Arrays;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.exec.RowBlocks;

/**
 * One descent of k-means from given centres: rows to their nearest centre, centres to the mean of
 * their rows, until no row changes or the centres hardly move. Bounds on the distances (Hamerly,
 * "Making k-means even faster", 2010) spare most of them without changing the result.
 */
final class Lloyd {
  /** Keeps a bound from excluding a centre by a rounding error. */
  private static final double SAFETY = 1 - 1e-12;

  /** A group lighter than this many times its row has no other row. */
  private static final double LONELY = 1 + 1e-9;

  private final Points points;
  private final int k;
  private final int width;
  private final RowBlocks blocks;
  private final FitContext context;
  private final double[] centres;
  private final int[] labels;
  private final double[] upper;
  private final double[] lower;
  private final double[] halfGap;
  private final double[] moved;
  private final double[][] sums;
  private final double[][] masses;

  Lloyd(Points points, double[] start, RowBlocks blocks, FitContext context) {
    this.points = points;
    this.width = points.width();
    this.k = start.length / width;
    this.blocks = blocks;
    this.context = context;
    this.centres = start;
    this.labels = new int[points.rows()];
    this.upper = new double[points.rows()];
    this.lower = new double[points.rows()];
    this.halfGap = new double[k];
    this.moved = new double[k];
    this.sums = new double[blocks.count()][k * width];
    this.masses = new double[blocks.count()][k];
    Arrays.fill(labels, -1);
    Arrays.fill(upper, Double.POSITIVE_INFINITY);
  }

  /** Descends, and gives the weighted sum of squared distances that is left. */
  double descend(int maxRounds, double tolerance) {
    boolean settled = false;
    for (int round = 0; round < maxRounds && !settled; round++) {
      if (!assign()) {
        return inertia();
      }
      settled = recentre() <= tolerance;
    }
    assign();
    return inertia();
  }

  /** The centres found. */
  double[] centres() {
    return centres;
  }

  /** Rows to their nearest centres; whether some row changed. */
  private boolean assign() {
    measureGaps();
    boolean[] changed = new boolean[blocks.count()];
    blocks.forEach((block, from, to) -> {
      for (int i = from; i < to; i++) {
        changed[block] |= assign(i);
      }
    });
    for (boolean some : changed) {
      if (some) {
        return true;
      }
    }
    return false;
  }

  private boolean assign(int i) {
    int label = labels[i];
    if (label >= 0) {
      double bound = Math.max(halfGap[label], lower[i]) * SAFETY;
      if (upper[i] < bound) {
        return false;
      }
      upper[i] = Math.sqrt(points.distance(i, centres, label));
      if (upper[i] < bound) {
        return false;
      }
    }
    return search(i);
  }

  private boolean search(int i) {
    context.cancel().check();
    double first = Double.POSITIVE_INFINITY;
    double second = Double.POSITIVE_INFINITY;
    int nearest = 0;
    for (int c = 0; c < k; c++) {
      double d = points.distance(i, centres, c);
      if (d < first) {
        second = first;
        first = d;
        nearest = c;
      } else if (d < second) {
        second = d;
      }
    }
    upper[i] = Math.sqrt(first);
    lower[i] = Math.sqrt(second);
    boolean changed = labels[i] != nearest;
    labels[i] = nearest;
    return changed;
  }

  /** Half the distance from each centre to the nearest other. */
  private void measureGaps() {
    Arrays.fill(halfGap, Double.POSITIVE_INFINITY);
    for (int a = 0; a < k; a++) {
      context.cancel().check();
      for (int b = a + 1; b < k; b++) {
        double d = Math.sqrt(Distances.squared(centres, a * width, centres, b * width, width)) / 2;
        halfGap[a] = Math.min(halfGap[a], d);
        halfGap[b] = Math.min(halfGap[b], d);
      }
    }
  }

  /** Centres to the means of their rows; the sum of the squares of how far they moved. */
  private double recentre() {
    blocks.forEach(this::sumUp);
    double[] sum = sums[0];
    double[] mass = masses[0];
    for (int b = 1; b < sums.length; b++) {
      add(sum, sums[b]);
      add(mass, masses[b]);
    }
    refill(sum, mass);
    double total = 0;
    for (int c = 0; c < k; c++) {
      moved[c] = mass[c] > 0 ? move(c, sum, mass[c]) : 0;
      total += moved[c] * moved[c];
    }
    shiftBounds();
    return total;
  }

  private void sumUp(int block, int from, int to) {
    double[] sum = sums[block];
    double[] mass = masses[block];
    Arrays.fill(sum, 0);
    Arrays.fill(mass, 0);
    for (int i = from; i < to; i++) {
      double weight = points.weights()[i];
      mass[labels[i]] += weight;
      int at = labels[i] * width;
      int row = i * width;
      for (int j = 0; j < width; j++) {
        sum[at + j] += weight * points.x()[row + j];
      }
    }
  }

  private double move(int c, double[] sum, double mass) {
    double squared = 0;
    for (int at = c * width; at < (c + 1) * width; at++) {
      double mean = sum[at] / mass;
      double d = mean - centres[at];
      squared += d * d;
      centres[at] = mean;
    }
    return Math.sqrt(squared);
  }

  private void shiftBounds() {
    double most = 0;
    for (double distance : moved) {
      most = Math.max(most, distance);
    }
    for (int i = 0; i < labels.length; i++) {
      upper[i] += moved[labels[i]];
      lower[i] -= most;
    }
  }

  /**
   * Gives each centre that lost all its rows the row that lies farthest from its own centre, as
   * scikit-learn does; rows that lie on their centre are left there.
   */
  private void refill(double[] sum, double[] mass) {
    boolean[] taken = new boolean[0];
    for (int c = 0; c < k; c++) {
      if (mass[c] > 0) {
        continue;
      }
      taken = taken.length == 0 ? new boolean[labels.length] : taken;
      int far = farthest(taken);
      if (far < 0) {
        return;
      }
      taken[far] = true;
      give(far, c, sum, mass);
    }
  }

  private int farthest(boolean[] taken) {
    context.cancel().check();
    int far = -1;
    double most = 0;
    for (int i = 0; i < labels.length; i++) {
      if (!taken[i] && points.weights()[i] > 0) {
        double d = points.distance(i, centres, labels[i]);
        if (d > most) {
          most = d;
          far = i;
        }
      }
    }
    return far;
  }

  private void give(int row, int to, double[] sum, double[] mass) {
    int from = labels[row];
    double weight = points.weights()[row];
    for (int j = 0; j < width; j++) {
      double value = weight * points.x()[row * width + j];
      sum[from * width + j] -= value;
      sum[to * width + j] = value;
    }
    mass[from] = mass[from] > weight * LONELY ? mass[from] - weight : 0;
    mass[to] = weight;
    labels[row] = to;
    upper[row] = Double.POSITIVE_INFINITY;
    lower[row] = 0;
  }

  private double inertia() {
    double[] parts = new double[blocks.count()];
    blocks.forEach((block, from, to) -> {
      for (int i = from; i < to; i++) {
        parts[block] += points.weights()[i] * points.distance(i, centres, labels[i]);
      }
    });
    return Arrays.stream(parts).sum();
  }

  private static void add(double[] to, double[] more) {
    for (int i = 0; i < to.length; i++) {
      to[i] += more[i];
    }
  }
}
