package org.pglynx.ml.cluster;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Hierarchical clustering: the two nearest groups become one, again and again. Found by chains of
 * nearest neighbours (Murtagh 1983) in n² steps, which gives the same hierarchy for linkages that
 * never bring a union nearer than its parts.
 */
final class Agglomeration {
  /** How near two groups are. */
  enum Linkage {
    /** By how much the squared distances from the mean grow when they unite. */
    WARD,
    /** The mean distance of their members. */
    AVERAGE,
    /** That of the members farthest from each other. */
    COMPLETE,
    /** That of the members nearest to each other. */
    SINGLE;

    private double united(double a, double b, double between, int na, int nb, int n) {
      return switch (this) {
        case WARD -> ((na + n) * a + (nb + n) * b - n * between) / (na + nb + n);
        case AVERAGE -> (na * a + nb * b) / (na + nb);
        case COMPLETE -> Math.max(a, b);
        case SINGLE -> Math.min(a, b);
      };
    }
  }

  /** 5,000² / 2 float64: 100 MB. */
  static final int MAX_ITEMS = 5000;

  private final int n;
  private final Linkage linkage;
  private final Runnable between;
  private final double[] distance;
  private final int[] size;
  private final int[] left;
  private final int[] right;
  private final double[] height;
  private final Integer[] order;

  /**
   * The hierarchy of n items.
   *
   * @param distance of items a &gt; b at a·(a − 1)/2 + b, for WARD its square; it is overwritten
   * @param between called between steps of n operations
   */
  Agglomeration(int n, double[] distance, Linkage linkage, Runnable between) {
    this.n = n;
    this.linkage = linkage;
    this.between = between;
    this.distance = distance;
    this.size = new int[n];
    this.left = new int[n - 1];
    this.right = new int[n - 1];
    this.height = new double[n - 1];
    Arrays.fill(size, 1);
    chain();
    this.order =
        IntStream.range(0, n - 1)
            .boxed()
            .sorted(Comparator.comparingDouble(m -> height[m]))
            .toArray(Integer[]::new);
  }

  /** The groups when that many are left, numbered in the order of their first items. */
  int[] groups(int count) {
    int[] parent = IntStream.range(0, n).toArray();
    for (int m = 0; m < n - count; m++) {
      parent[root(parent, left[order[m]])] = root(parent, right[order[m]]);
    }
    int[] number = new int[n];
    Arrays.fill(number, -1);
    int[] groups = new int[n];
    int next = 0;
    for (int i = 0; i < n; i++) {
      int root = root(parent, i);
      if (number[root] < 0) {
        number[root] = next++;
      }
      groups[i] = number[root];
    }
    return groups;
  }

  /** How many groups are left when unions of at least that height are not made. */
  int countBelow(double threshold) {
    double limit = linkage == Linkage.WARD ? threshold * threshold : threshold;
    return 1 + (int) Arrays.stream(height).filter(h -> h >= limit).count();
  }

  private static int root(int[] parent, int item) {
    int at = item;
    while (parent[at] != at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  }

  private void chain() {
    int[] chain = new int[n];
    int length = 0;
    for (int merged = 0; merged < n - 1; ) {
      between.run();
      if (length == 0) {
        chain[length++] = firstAlive();
      }
      int tip = chain[length - 1];
      int before = length > 1 ? chain[length - 2] : -1;
      int nearest = nearest(tip, before);
      if (nearest == before) {
        length -= 2;
        merge(merged++, Math.min(tip, nearest), Math.max(tip, nearest));
      } else {
        chain[length++] = nearest;
      }
    }
  }

  private int firstAlive() {
    int i = 0;
    while (size[i] == 0) {
      i++;
    }
    return i;
  }

  /** The nearest other group; among equally near ones the one before in the chain. */
  private int nearest(int item, int preferred) {
    int best = preferred;
    double least = preferred < 0 ? Double.POSITIVE_INFINITY : distance[at(item, preferred)];
    for (int other = 0; other < n; other++) {
      if (size[other] > 0 && other != item) {
        double d = distance[at(item, other)];
        if (d < least || best < 0) {
          least = d;
          best = other;
        }
      }
    }
    return best;
  }

  private void merge(int number, int a, int b) {
    double d = distance[at(a, b)];
    left[number] = a;
    right[number] = b;
    height[number] = d;
    for (int other = 0; other < n; other++) {
      if (size[other] > 0 && other != a && other != b) {
        int kept = at(b, other);
        distance[kept] =
            linkage.united(
                distance[at(a, other)], distance[kept], d, size[a], size[b], size[other]);
      }
    }
    size[b] += size[a];
    size[a] = 0;
  }

  private static int at(int a, int b) {
    return a > b ? a * (a - 1) / 2 + b : b * (b - 1) / 2 + a;
  }
}
