package org.pglynx.ml.tree;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;
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
    IntPredicate watched = row -> held[unit[row]];
    int[] learn = IntStream.range(0, table.rows()).filter(watched.negate()).toArray();
    int[] watch = IntStream.range(0, table.rows()).filter(watched).toArray();
    return new HeldOut(table.select(learn), table.select(watch));
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
}
