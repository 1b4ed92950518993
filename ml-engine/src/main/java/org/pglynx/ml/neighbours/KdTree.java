package org.pglynx.ml.neighbours;

/**
 * A k-d tree (Friedman, Bentley, Finkel 1977) over rows: halves along the widest feature, with the
 * box of each node. A search leaves out nodes whose box is further away than the worst row it has;
 * it finds exactly what looking at all rows finds.
 *
 * <p>Node i has the children 2i + 1 and 2i + 2; the nodes of a level hold consecutive rows of
 * {@code order}.
 */
final class KdTree {
  private static final int LEAF = 24;

  private final Metric metric;
  private final float[] rows;
  private final int width;
  private final int levels;
  private final int[] order;
  private final float[] boxes;

  KdTree(Metric metric, float[] rows, int count, int width) {
    this.metric = metric;
    this.rows = rows;
    this.width = width;
    int depth = 0;
    while (count >> depth > LEAF) {
      depth++;
    }
    this.levels = depth;
    this.order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    this.boxes = new float[((2 << levels) - 1) * 2 * width];
    build(0, 0, 0, count);
  }

  long sizeBytes() {
    return 4L * (order.length + boxes.length);
  }

  private void build(int node, int level, int from, int to) {
    int widest = bound(node, from, to);
    if (level < levels) {
      int middle = (from + to) >>> 1;
      split(from, to, middle, widest);
      build(2 * node + 1, level + 1, from, middle);
      build(2 * node + 2, level + 1, middle, to);
    }
  }

  /** Writes the box of the rows; gives the feature in which it is widest. */
  private int bound(int node, int from, int to) {
    int low = node * 2 * width;
    int widest = 0;
    for (int j = 0; j < width; j++) {
      float least = Float.POSITIVE_INFINITY;
      float most = Float.NEGATIVE_INFINITY;
      for (int i = from; i < to; i++) {
        float value = rows[order[i] * width + j];
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      boxes[low + j] = least;
      boxes[low + width + j] = most;
      if (spread(low, j) > spread(low, widest)) {
        widest = j;
      }
    }
    return widest;
  }

  private double spread(int low, int feature) {
    return (double) boxes[low + width + feature] - boxes[low + feature];
  }

  /** Moves the smaller half before the middle (quickselect with the pivot amid). */
  private void split(int from, int to, int middle, int feature) {
    int low = from;
    int high = to - 1;
    while (low < high) {
      float pivot = rows[order[(low + high) >>> 1] * width + feature];
      int i = low;
      int j = high;
      while (i <= j) {
        while (rows[order[i] * width + feature] < pivot) {
          i++;
        }
        while (rows[order[j] * width + feature] > pivot) {
          j--;
        }
        if (i <= j) {
          int swap = order[i];
          order[i++] = order[j];
          order[j--] = swap;
        }
      }
      if (middle <= j) {
        high = j;
      } else if (middle >= i) {
        low = i;
      } else {
        return;
      }
    }
  }

  /** Offers all rows that can be among the nearest. */
  void search(float[] query, int offset, Nearest nearest) {
    search(0, 0, 0, order.length, query, offset, nearest);
  }

  private void search(
      int node, int level, int from, int to, float[] query, int offset, Nearest nearest) {
    if (level == levels) {
      for (int i = from; i < to; i++) {
        int row = order[i];
        double enough = Math.nextUp(nearest.worst());
        nearest.offer(metric.between(rows, row * width, query, offset, width, enough), row);
      }
      return;
    }
    int middle = (from + to) >>> 1;
    int left = 2 * node + 1;
    double toLeft = toBox(left, query, offset);
    double toRight = toBox(left + 1, query, offset);
    boolean leftFirst = toLeft <= toRight;
    if (leftFirst && toLeft <= nearest.worst()) {
      search(left, level + 1, from, middle, query, offset, nearest);
    }
    if (toRight <= nearest.worst()) {
      search(left + 1, level + 1, middle, to, query, offset, nearest);
    }
    if (!leftFirst && toLeft <= nearest.worst()) {
      search(left, level + 1, from, middle, query, offset, nearest);
    }
  }

  /** The comparable distance to the nearest point of a node's box. */
  private double toBox(int node, float[] query, int offset) {
    int low = node * 2 * width;
    double sum = 0;
    for (int j = 0; j < width; j++) {
      double value = query[offset + j];
      double outside =
          Math.max(0, Math.max(boxes[low + j] - value, value - boxes[low + width + j]));
      sum = metric.joined(sum, outside);
    }
    return sum;
  }
}
