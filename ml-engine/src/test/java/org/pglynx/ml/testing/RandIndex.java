package org.pglynx.ml.testing;

import java.util.Arrays;

/** How alike two groupings are (Hubert, Arabie 1985): 1 when equal up to the groups' numbers. */
public final class RandIndex {
  private RandIndex() {}

  /** The adjusted Rand index. */
  public static double adjusted(int[] a, int[] b) {
    int[] rows = numbered(a);
    int[] columns = numbered(b);
    int width = Arrays.stream(columns).max().orElse(0) + 1;
    int height = Arrays.stream(rows).max().orElse(0) + 1;
    long[] cells = new long[height * width];
    long[] rowSums = new long[height];
    long[] columnSums = new long[width];
    for (int i = 0; i < rows.length; i++) {
      cells[rows[i] * width + columns[i]]++;
      rowSums[rows[i]]++;
      columnSums[columns[i]]++;
    }
    double expected = pairs(rowSums) * pairs(columnSums) / pairs(new long[] {rows.length});
    double most = (pairs(rowSums) + pairs(columnSums)) / 2;
    return most == expected ? 1 : (pairs(cells) - expected) / (most - expected);
  }

  private static double pairs(long[] counts) {
    return Arrays.stream(counts).mapToDouble(c -> c * (c - 1) / 2.0).sum();
  }

  private static int[] numbered(int[] labels) {
    int[] known = Arrays.stream(labels).sorted().distinct().toArray();
    return Arrays.stream(labels).map(label -> Arrays.binarySearch(known, label)).toArray();
  }
}
