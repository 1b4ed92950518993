package org.pglynx.ml.data;

import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Task;

/** Cross-validation folds: shuffled by a seed, and stratified by label or of whole groups. */
public final class Folds {
  private final int[] rows;
  private final int[] foldOf;

  private Folds(int[] rows, int[] foldOf) {
    this.rows = rows;
    this.foldOf = foldOf;
  }

  /**
   * Deals the rows of every label to the folds in turn, in a seeded order.
   *
   * @param rows the rows to deal
   * @param count folds, from 2 to the number of rows
   * @param task tells whether labels are classes
   */
  public static Folds of(DataSet data, int[] rows, int count, long seed, Task task) {
    if (count < 2 || count > rows.length) {
      throw new MlException(
          Kind.BAD_ARGUMENT,
          "cv = %d folds cannot be made of %d training rows".formatted(count, rows.length),
          "Use a number from 2 to the number of rows.");
    }
    if (data.grouped()) {
      return ofGroups(data, rows, count, seed);
    }
    SeededRandom random = new SeededRandom(seed);
    List<int[]> strata = Strata.groups(data, rows, task);
    int[] order = new int[rows.length];
    int[] foldOf = new int[rows.length];
    int next = 0;
    for (int[] stratum : strata) {
      for (int row : Split.shuffled(stratum.clone(), random)) {
        order[next] = row;
        foldOf[next] = next % count;
        next++;
      }
    }
    return new Folds(order, foldOf);
  }

  /** Deals whole groups in a seeded order, each to the fold that is smallest so far. */
  private static Folds ofGroups(DataSet data, int[] rows, int count, long seed) {
    List<int[]> groups = RowGroups.shuffled(RowGroups.of(data, rows), new SeededRandom(seed));
    if (count > groups.size()) {
      throw new MlException(
          Kind.BAD_ARGUMENT,
          "cv = %d folds cannot be made of %d groups".formatted(count, groups.size()),
          "Use a number from 2 to the number of groups to train on.");
    }
    int[] sizes = new int[count];
    int[] order = new int[rows.length];
    int[] foldOf = new int[rows.length];
    int next = 0;
    for (int[] group : groups) {
      int smallest = 0;
      for (int fold = 1; fold < count; fold++) {
        smallest = sizes[fold] < sizes[smallest] ? fold : smallest;
      }
      sizes[smallest] += group.length;
      for (int row : group) {
        order[next] = row;
        foldOf[next++] = smallest;
      }
    }
    return new Folds(order, foldOf);
  }

  /** The split that holds out one fold. */
  public Split fold(int number) {
    int held = (int) Arrays.stream(foldOf).filter(f -> f == number).count();
    int[] train = new int[rows.length - held];
    int[] test = new int[held];
    int trained = 0;
    int tested = 0;
    for (int i = 0; i < rows.length; i++) {
      if (foldOf[i] == number) {
        test[tested++] = rows[i];
      } else {
        train[trained++] = rows[i];
      }
    }
    return new Split(train, test);
  }
}
