package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.MlException;

/**
 * A table cut in two by a seed: the rows to learn from, and those on which early stopping watches
 * the error. Groups stay whole.
 *
 * @param learn most of the rows
 * @param watch the others
 */
public record HeldOut(TrainingTable learn, TrainingTable watch) {
  /**
   * Cuts a table.
   *
   * @param fraction the share of rows (or of groups) to watch; at least one
   */
  public static HeldOut of(TrainingTable table, double fraction, long seed) {
    int[] unit = table.groups() == null ? rows(table.rows()) : numbered(table.groups());
    int units = unit[unit.length - 1] + 1;
    if (units < 2) {
      throw new MlException(
          MlException.Kind.BAD_DATA,
          "early stopping needs at least two "
              + (table.groups() == null ? "rows" : "groups")
              + " to hold some out");
    }
    int wanted = Math.max(1, Math.min(units - 1, (int) Math.round(fraction * units)));
    boolean[] held = draw(units, wanted, new SeededRandom(seed));
    List<Integer> learn = new ArrayList<>();
    List<Integer> watch = new ArrayList<>();
    for (int i = 0; i < table.rows(); i++) {
      (held[unit[i]] ? watch : learn).add(i);
    }
    return new HeldOut(select(table, learn), select(table, watch));
  }

  private static int[] rows(int count) {
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i;
    }
    return rows;
  }

  /** Groups numbered 0, 1, … in the order of their rows. */
  private static int[] numbered(int[] groups) {
    int[] numbers = new int[groups.length];
    for (int i = 1; i < groups.length; i++) {
      numbers[i] = numbers[i - 1] + (groups[i] == groups[i - 1] ? 0 : 1);
    }
    return numbers;
  }

  private static boolean[] draw(int units, int wanted, SeededRandom random) {
    boolean[] held = new boolean[units];
    int open = wanted;
    for (int i = 0; i < units; i++) {
      if (random.nextInt(units - i) < open) {
        held[i] = true;
        open--;
      }
    }
    return held;
  }

  private static TrainingTable select(TrainingTable table, List<Integer> rows) {
    int width = table.width();
    int n = rows.size();
    float[] x = new float[n * width];
    double[] y = new double[n];
    double @Nullable [] weights = table.weights() == null ? null : new double[n];
    int @Nullable [] groups = table.groups() == null ? null : new int[n];
    for (int i = 0; i < n; i++) {
      int row = rows.get(i);
      System.arraycopy(table.x(), row * width, x, i * width, width);
      y[i] = table.y()[row];
      if (weights != null) {
        weights[i] = table.weight(row);
      }
      if (groups != null && table.groups() != null) {
        groups[i] = table.groups()[row];
      }
    }
    return new TrainingTable(table.info(), n, x, y, weights, groups);
  }
}
