package org.pglynx.ml.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.pglynx.ml.model.Task;

/**
 * Stratified choice by label: every class gives its share of the held-out rows, rounded by the
 * largest remainder, and a class with more than one row keeps at least one to train on. Numbers of
 * very many values that are no classes are first cut into ten groups of equal size by rank. Where
 * many strata are so small that rounding decides, the seed chooses among those of equal remainders:
 * else the least labels would be held out.
 */
final class Strata {
  private static final int MAX_DISTINCT = 50;
  private static final int GROUPS = 10;

  private Strata() {}

  static Split split(DataSet data, int testRows, long seed, Task task) {
    SeededRandom random = new SeededRandom(seed);
    List<int[]> strata = groups(data, data.allRows(), task);
    int[] quota = quotas(strata, testRows, data.rowCount(), random);
    int[] train = new int[data.rowCount() - testRows];
    int[] test = new int[testRows];
    int trained = 0;
    int tested = 0;
    for (int s = 0; s < quota.length; s++) {
      int[] rows = Split.shuffled(strata.get(s), random);
      int kept = rows.length - quota[s];
      System.arraycopy(rows, 0, train, trained, kept);
      System.arraycopy(rows, kept, test, tested, quota[s]);
      trained += kept;
      tested += quota[s];
    }
    return new Split(Split.shuffled(train, random), Split.shuffled(test, random));
  }

  /**
   * The rows grouped by the first label, or by its decile when labels are quantities; all in one
   * group when there are no labels.
   */
  static List<int[]> groups(DataSet data, int[] rows, Task task) {
    if (data.labelCount() == 0) {
      return List.of(rows.clone());
    }
    double[] sorted = data.labels(rows);
    Arrays.sort(sorted);
    double[] distinct = distinct(sorted);
    int most = task == Task.CLASSIFICATION ? Classes.MAX_CLASSES : MAX_DISTINCT;
    if (distinct.length <= most || data.labelColumn().type() != ColumnSpec.Type.NUMBER) {
      return byRank(data, rows, sorted, distinct);
    }
    int[] ranked = ranked(data, rows, sorted);
    List<int[]> groups = new ArrayList<>();
    for (int g = 0; g < GROUPS; g++) {
      int from = (int) ((long) g * ranked.length / GROUPS);
      int to = (int) ((long) (g + 1) * ranked.length / GROUPS);
      groups.add(Arrays.copyOfRange(ranked, from, to));
    }
    return groups;
  }

  /** Each value once. */
  private static double[] distinct(double[] sorted) {
    double[] values = new double[sorted.length];
    int count = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || Double.compare(sorted[i], sorted[i - 1]) != 0) {
        values[count++] = sorted[i];
      }
    }
    return Arrays.copyOf(values, count);
  }

  /** The rows of each value, in the values' order. */
  private static List<int[]> byRank(DataSet data, int[] rows, double[] sorted, double[] distinct) {
    int[] ranked = ranked(data, rows, sorted);
    List<int[]> groups = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < distinct.length; i++) {
      int to = from;
      while (to < sorted.length && Double.compare(sorted[to], distinct[i]) == 0) {
        to++;
      }
      groups.add(Arrays.copyOfRange(ranked, from, to));
      from = to;
    }
    return groups;
  }

  /** The rows in ascending order of their labels, equal ones in the order given; boxes nothing. */
  private static int[] ranked(DataSet data, int[] rows, double[] sorted) {
    int[] ranked = new int[rows.length];
    int[] taken = new int[rows.length];
    for (int row : rows) {
      int first = firstOf(sorted, data.label(row));
      ranked[first + taken[first]++] = row;
    }
    return ranked;
  }

  private static int firstOf(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Double.compare(sorted[middle], value) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int[] quotas(List<int[]> strata, int testRows, int n, SeededRandom random) {
    int[] quota = new int[strata.size()];
    double[] remainder = new double[strata.size()];
    int given = 0;
    for (int s = 0; s < quota.length; s++) {
      double share = (double) strata.get(s).length * testRows / n;
      quota[s] = (int) share;
      remainder[s] = share - quota[s];
      given += quota[s];
    }
    int left = testRows - given;
    int[] order = IntStream.range(0, quota.length).toArray();
    if (quota.length > GROUPS || left > testRows / 2) {
      Split.shuffled(order, random);
    }
    handOut(strata, quota, remainder, left, order);
    return quota;
  }

  /** Gives the rows left over by rounding to the largest remainders, first sparing last rows. */
  private static void handOut(
      List<int[]> strata, int[] quota, double[] remainder, int left, int[] ties) {
    List<Integer> order =
        Arrays.stream(ties).boxed().sorted(Comparator.comparingDouble(s -> -remainder[s])).toList();
    for (int spare = 1; spare >= 0 && left > 0; spare--) {
      for (int s : order) {
        if (left > 0 && quota[s] + spare < strata.get(s).length) {
          quota[s]++;
          left--;
        }
      }
    }
  }
}
