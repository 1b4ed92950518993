package org.pglynx.ml.data;

import java.util.Arrays;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;

/**
 * Which rows train and which are held out. The same data, arguments and seed always give the same
 * split.
 *
 * @param train row numbers to learn from
 * @param test row numbers to score on; empty for test_size 0
 */
public record Split(int[] train, int[] test) {
  /** Splits a data set of which it is not known whether its labels are classes. */
  public static Split of(DataSet data, double testSize, Sampling sampling, long seed) {
    return of(data, testSize, sampling, seed, Task.REGRESSION);
  }

  /**
   * Splits a data set. Groups of rows stay together: the held-out rows are then as near to their
   * number as whole groups allow, and strata are not kept. Without labels there is nothing to
   * stratify by: rows are chosen at random.
   *
   * @param testSize up to 1 a share of the rows (rounded half up), above a number of rows
   * @throws MlException of kind BAD_ARGUMENT when the size is negative, not a number or leaves no
   *     row to train on
   */
  public static Split of(DataSet data, double testSize, Sampling sampling, long seed, Task task) {
    int n = data.rowCount();
    int m = testRows(n, testSize);
    if (m == 0) {
      // In the order in which they lie in memory: nothing is to be left to chance.
      return cut(data.allRows(), 0);
    }
    if (data.grouped()) {
      return RowGroups.split(data, m, sampling, seed);
    }
    return switch (sampling) {
      case LAST -> cut(data.allRows(), m);
      case RANDOM -> cut(shuffled(data.allRows(), new SeededRandom(seed)), m);
      case STRATIFIED ->
          data.labelCount() > 0
              ? Strata.split(data, m, seed, task)
              : cut(shuffled(data.allRows(), new SeededRandom(seed)), m);
    };
  }

  /** The number of held-out rows among n. */
  public static int testRows(int n, double testSize) {
    if (!(testSize >= 0)) {
      throw new MlException(Kind.BAD_ARGUMENT, "test_size must not be negative: " + testSize);
    }
    double rows = testSize <= 1 ? Math.floor(n * testSize + 0.5) : Math.floor(testSize);
    if (rows >= n) {
      throw new MlException(
          Kind.BAD_ARGUMENT,
          "test_size = %.0f is too large. There are only %d samples.".formatted(rows, n));
    }
    return (int) rows;
  }

  /** The rows in a seeded random order (Fisher–Yates, in place). */
  static int[] shuffled(int[] rows, SeededRandom random) {
    for (int i = rows.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = rows[i];
      rows[i] = rows[j];
      rows[j] = swap;
    }
    return rows;
  }

  private static Split cut(int[] order, int testRows) {
    int train = order.length - testRows;
    return new Split(Arrays.copyOf(order, train), Arrays.copyOfRange(order, train, order.length));
  }
}
