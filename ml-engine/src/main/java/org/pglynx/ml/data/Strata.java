package org.pglynx.ml.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stratified choice by label: every class gives its share of the held-out rows, rounded by the
 * largest remainder, and a class with more than one row keeps at least one to train on. Labels with
 * very many values (regression) are first cut into ten groups of equal size by rank.
 */
final class Strata {
  private static final int MAX_DISTINCT = 50;
  private static final int GROUPS = 10;

  private Strata() {}

  static Split split(DataSet data, int testRows, long seed) {
    SeededRandom random = new SeededRandom(seed);
    List<int[]> strata = groups(data, data.allRows());
    int[] quota = quotas(strata, testRows, data.rowCount());
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

  /** The rows grouped by label, or by decile of the label when labels are quantities. */
  static List<int[]> groups(DataSet data, int[] rows) {
    Map<Double, List<Integer>> byLabel = new TreeMap<>();
    for (int row : rows) {
      byLabel.computeIfAbsent(data.label(row), any -> new ArrayList<>()).add(row);
    }
    if (byLabel.size() <= MAX_DISTINCT || data.labelColumn().type() != ColumnSpec.Type.NUMBER) {
      return byLabel.values().stream().map(Strata::toArray).toList();
    }
    int[] ranked = byLabel.values().stream().flatMap(List::stream).mapToInt(i -> i).toArray();
    List<int[]> groups = new ArrayList<>();
    for (int g = 0; g < GROUPS; g++) {
      int from = (int) ((long) g * ranked.length / GROUPS);
      int to = (int) ((long) (g + 1) * ranked.length / GROUPS);
      groups.add(Arrays.copyOfRange(ranked, from, to));
    }
    return groups;
  }

  private static int[] toArray(List<Integer> rows) {
    return rows.stream().mapToInt(i -> i).toArray();
  }

  private static int[] quotas(List<int[]> strata, int testRows, int n) {
    int[] quota = new int[strata.size()];
    double[] remainder = new double[strata.size()];
    int given = 0;
    for (int s = 0; s < quota.length; s++) {
      double share = (double) strata.get(s).length * testRows / n;
      quota[s] = (int) share;
      remainder[s] = share - quota[s];
      given += quota[s];
    }
    handOut(strata, quota, remainder, testRows - given);
    return quota;
  }

  /** Gives the rows left over by rounding to the largest remainders, first sparing last rows. */
  private static void handOut(List<int[]> strata, int[] quota, double[] remainder, int left) {
    Integer[] order = new Integer[quota.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer s) -> -remainder[s]));
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
