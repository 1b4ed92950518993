package org.pglynx.ml.cluster;

import java.util.function.IntConsumer;

/**
 * A k-d tree (Bentley 1975): rows ordered so that the middle one of each range parts the others
 * along the feature of the widest spread. It has no nodes: a range knows its middle, and the middle
 * its feature. Searching allocates nothing.
 */
final class KdTree {
  private static final int LEAF = 16;
  private static final int NO_SPLIT = -1;

  private final float[] x;
  private final int width;
  private final int[] order;
  private final int[] feature;
  private final Runnable between;

  /**
   * A tree over rows.
   *
   * @param x row-major features
   * @param width features of a row
   * @param between called between steps of building
   */
  KdTree(float[] x, int width, Runnable between) {
    this.x = x;
    this.width = width;
    this.between = between;
    this.order = new int[x.length / width];
    this.feature = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    build(0, order.length);
  }

  /** Visits all rows of which the squared distance from a point is at most that. */
  void within(double[] point, double squared, IntConsumer visitor) {
    within(0, order.length, point, squared, visitor);
  }

  /**
   * The row nearest to a point, the first of equally near ones.
   *
   * @param squared the largest squared distance that counts
   * @return −1 when there is none
   */
  int nearest(float[] row, int offset, double squared) {
    return nearest(0, order.length, row, offset, squared, -1);
  }

  private void within(int from, int to, double[] point, double squared, IntConsumer visitor) {
    int middle = (from + to) >>> 1;
    if (leaf(from, to)) {
      for (int i = from; i < to; i++) {
        visit(i, point, squared, visitor);
      }
      return;
    }
    visit(middle, point, squared, visitor);
    double side = point[feature[middle]] - value(middle, feature[middle]);
    if (side <= 0 || side * side <= squared) {
      within(from, middle, point, squared, visitor);
    }
    if (side >= 0 || side * side <= squared) {
      within(middle + 1, to, point, squared, visitor);
    }
  }

  private void visit(int i, double[] point, double squared, IntConsumer visitor) {
    if (Distances.squared(x, order[i] * width, point, 0, width) <= squared) {
      visitor.accept(order[i]);
    }
  }

  private int nearest(int from, int to, float[] row, int offset, double most, int best) {
    if (leaf(from, to)) {
      return nearestOf(from, to, row, offset, most, best);
    }
    int middle = (from + to) >>> 1;
    int here = nearestOf(middle, middle + 1, row, offset, most, best);
    double side = (double) row[offset + feature[middle]] - value(middle, feature[middle]);
    int found =
        side < 0
            ? nearest(from, middle, row, offset, most, here)
            : nearest(middle + 1, to, row, offset, most, here);
    if (side * side > bound(row, offset, most, found)) {
      return found;
    }
    return side < 0
        ? nearest(middle + 1, to, row, offset, most, found)
        : nearest(from, middle, row, offset, most, found);
  }

  private int nearestOf(int from, int to, float[] row, int offset, double most, int best) {
    int found = best;
    double least = bound(row, offset, most, best);
    for (int i = from; i < to; i++) {
      int candidate = order[i];
      double d = Distances.squared(row, offset, x, candidate * width, width);
      if (d < least || (d == least && (found < 0 || candidate < found))) {
        least = d;
        found = candidate;
      }
    }
    return found;
  }

  private double bound(float[] row, int offset, double most, int best) {
    return best < 0 ? most : Distances.squared(row, offset, x, best * width, width);
  }

  private boolean leaf(int from, int to) {
    return to - from <= LEAF || feature[(from + to) >>> 1] == NO_SPLIT;
  }

  private float value(int i, int j) {
    return x[order[i] * width + j];
  }

  private void build(int from, int to) {
    if (to - from <= LEAF) {
      return;
    }
    between.run();
    int middle = (from + to) >>> 1;
    int widest = widest(from, to);
    if (widest != NO_SPLIT) {
      select(from, to, middle, widest);
      build(from, middle);
      build(middle + 1, to);
    }
    feature[middle] = widest;
  }

  private int widest(int from, int to) {
    int widest = NO_SPLIT;
    float most = 0;
    for (int j = 0; j < width; j++) {
      float low = Float.POSITIVE_INFINITY;
      float high = Float.NEGATIVE_INFINITY;
      for (int i = from; i < to; i++) {
        low = Math.min(low, value(i, j));
        high = Math.max(high, value(i, j));
      }
      if (high - low > most) {
        most = high - low;
        widest = j;
      }
    }
    return widest;
  }

  /** Puts smaller values before the middle and larger ones behind it (Hoare's selection). */
  private void select(int from, int to, int middle, int j) {
    int low = from;
    int high = to - 1;
    while (low < high) {
      float pivot = value((low + high) >>> 1, j);
      int left = low;
      int right = high;
      while (left <= right) {
        while (value(left, j) < pivot) {
          left++;
        }
        while (value(right, j) > pivot) {
          right--;
        }
        if (left <= right) {
          swap(left++, right--);
        }
      }
      if (middle <= right) {
        high = right;
      } else if (middle >= left) {
        low = left;
      } else {
        return;
      }
    }
  }

  private void swap(int a, int b) {
    int row = order[a];
    order[a] = order[b];
    order[b] = row;
  }
}
