package org.pglynx.ml.cluster;

import java.util.Arrays;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.exec.RowBlocks;

/**
 * Rows to start from. {@link #plusPlus} is greedy k-means++ (Arthur, Vassilvitskii 2007): each next
 * centre is a row drawn by its squared distance from those chosen; of 2 + ln k draws the one is
 * taken that leaves the smallest sum of distances.
 */
final class Seeding {
  private final Points points;
  private final int k;
  private final RowBlocks blocks;
  private final SeededRandom random;
  private double[] closest;
  private double[] candidate;
  private double[] best;

  Seeding(Points points, int k, RowBlocks blocks, SeededRandom random) {
    this.points = points;
    this.k = k;
    this.blocks = blocks;
    this.random = random;
    this.closest = new double[points.rows()];
    this.candidate = new double[points.rows()];
    this.best = new double[points.rows()];
  }

  /** Centres that lie far apart. */
  double[] plusPlus() {
    double[] centres = new double[k * points.width()];
    int trials = 2 + (int) Math.log(k);
    Arrays.fill(closest, Double.POSITIVE_INFINITY);
    int first = drawn(points.weights(), sum(points.weights()));
    points.copyTo(first, centres, 0);
    double potential = measure(centres, 0, closest, closest);
    for (int c = 1; c < k; c++) {
      potential = next(centres, c, trials, potential);
    }
    return centres;
  }

  /** Centres at random rows, no row twice. */
  double[] random() {
    int[] order = new int[points.rows()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    double[] centres = new double[k * points.width()];
    for (int c = 0; c < k; c++) {
      int other = c + random.nextInt(order.length - c);
      int row = order[other];
      order[other] = order[c];
      points.copyTo(row, centres, c);
    }
    return centres;
  }

  private double next(double[] centres, int c, int trials, double potential) {
    double least = Double.POSITIVE_INFINITY;
    int chosen = 0;
    for (int trial = 0; trial < trials; trial++) {
      int row = potential > 0 ? drawnByDistance(potential) : random.nextInt(points.rows());
      points.copyTo(row, centres, c);
      double sum = measure(centres, c, closest, candidate);
      if (sum < least) {
        least = sum;
        chosen = row;
        double[] swap = best;
        best = candidate;
        candidate = swap;
      }
    }
    points.copyTo(chosen, centres, c);
    double[] swap = closest;
    closest = best;
    best = swap;
    return least;
  }

  /** Distances to the nearest of the centres so far and one more; their weighted sum. */
  private double measure(double[] centres, int c, double[] before, double[] after) {
    double[] sums = new double[blocks.count()];
    blocks.forEach((block, from, to) -> {
      double sum = 0;
      for (int i = from; i < to; i++) {
        after[i] = Math.min(before[i], points.distance(i, centres, c));
        sum += points.weights()[i] * after[i];
      }
      sums[block] = sum;
    });
    return sum(sums);
  }

  private int drawnByDistance(double potential) {
    double left = random.nextDouble() * potential;
    int last = 0;
    for (int i = 0; i < closest.length; i++) {
      double share = closest[i] * points.weights()[i];
      if (share > 0) {
        last = i;
        left -= share;
        if (left < 0) {
          return i;
        }
      }
    }
    return last;
  }

  private int drawn(double[] shares, double total) {
    double left = random.nextDouble() * total;
    for (int i = 0; i < shares.length; i++) {
      left -= shares[i];
      if (left < 0) {
        return i;
      }
    }
    return shares.length - 1;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
