package org.pglynx.ml.metrics;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;

/**
 * How well rows sit in their groups (Rousseeuw 1987), as scikit-learn's silhouette_score: the mean
 * over the rows of (b − a) / max(a, b), where a is the mean distance to the other rows of the own
 * group and b the least mean distance to those of another; 0 for a row alone in its group. Every
 * distance is computed; when that were too many, those among a sample of the rows that depends on
 * the seed alone.
 */
public final class Silhouette {
  /** Products of features that an exact score may take: some seconds. */
  private static final double MAX_WORK = 5e9;

  private static final int MIN_SAMPLE = 1000;

  private final float[] x;
  private final int width;
  private final int[] groups;
  private final CancelToken cancel;
  private final int[] rows;
  private final int[] sizes;

  /**
   * A score.
   *
   * @param rowMajor features
   * @param width features of a row
   * @param labels the group of each row, any numbers
   * @param seed of the sample
   * @param cancel asked for each row
   */
  public Silhouette(float[] rowMajor, int width, int[] labels, long seed, CancelToken cancel) {
    this(rowMajor, width, labels, sample(labels.length, exactRows(width), seed), cancel);
  }

  /** The score of some of the rows. */
  Silhouette(float[] rowMajor, int width, int[] labels, int[] rows, CancelToken cancel) {
    this.x = rowMajor;
    this.width = width;
    this.cancel = cancel;
    this.rows = rows;
    this.groups = numbered(labels, rows);
    this.sizes = sizes(groups);
  }

  /** The score; empty with less than two groups, or when every row is a group of its own. */
  public OptionalDouble score() {
    if (sizes.length < 2 || sizes.length == rows.length) {
      return OptionalDouble.empty();
    }
    double total = 0;
    double[] sums = new double[sizes.length];
    for (int i = 0; i < rows.length; i++) {
      cancel.check();
      total += score(i, sums);
    }
    return OptionalDouble.of(total / rows.length);
  }

  /** Up to how many rows of that many features the score is exact. */
  public static int exactRows(int width) {
    return Math.max(MIN_SAMPLE, (int) Math.sqrt(MAX_WORK / width));
  }

  private double score(int i, double[] sums) {
    int own = groups[i];
    if (sizes[own] == 1) {
      return 0;
    }
    Arrays.fill(sums, 0);
    for (int other = 0; other < rows.length; other++) {
      sums[groups[other]] += distance(rows[i], rows[other]);
    }
    double within = sums[own] / (sizes[own] - 1);
    double nearest = Double.POSITIVE_INFINITY;
    for (int g = 0; g < sums.length; g++) {
      if (g != own) {
        nearest = Math.min(nearest, sums[g] / sizes[g]);
      }
    }
    double larger = Math.max(within, nearest);
    return larger > 0 ? (nearest - within) / larger : 0;
  }

  private double distance(int a, int b) {
    double sum = 0;
    int at = a * width;
    int bt = b * width;
    for (int j = 0; j < width; j++) {
      double d = (double) x[at + j] - x[bt + j];
      sum += d * d;
    }
    return Math.sqrt(sum);
  }

  /** The rows that count, all or as many as asked for, each once. */
  static int[] sample(int count, int most, long seed) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    if (count <= most) {
      return order;
    }
    SeededRandom random = new SeededRandom(seed);
    for (int i = 0; i < most; i++) {
      int other = i + random.nextInt(count - i);
      int row = order[other];
      order[other] = order[i];
      order[i] = row;
    }
    return Arrays.copyOf(order, most);
  }

  /** The groups of the rows that count, numbered from 0 without gaps. */
  private static int[] numbered(int[] labels, int[] rows) {
    int[] known = Arrays.stream(rows).map(row -> labels[row]).sorted().distinct().toArray();
    return Arrays.stream(rows).map(row -> Arrays.binarySearch(known, labels[row])).toArray();
  }

  private static int[] sizes(int[] groups) {
    int[] sizes = new int[Arrays.stream(groups).max().orElse(-1) + 1];
    for (int group : groups) {
      sizes[group]++;
    }
    return sizes;
  }
}
