package org.pglynx.ml.boost;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;

/** Columns of a table in the types that native libraries take. */
final class NativeColumns {
  private NativeColumns() {}

  static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }

  /** The number of rows of each group, in order. */
  static int[] groupSizes(TrainingTable table) {
    int @Nullable [] groups = table.groups();
    if (groups == null) {
      throw new MlException(
          MlException.Kind.BAD_DATA,
          "ranking needs a group for each row",
          "Name the column that holds the query or session which rows belong to.");
    }
    int count = 0;
    int[] sizes = new int[groups.length];
    for (int i = 0; i < groups.length; i++) {
      count += i == 0 || groups[i] != groups[i - 1] ? 1 : 0;
      sizes[count - 1]++;
    }
    return Arrays.copyOf(sizes, count);
  }

  /** Relevances, which must be whole numbers from 0 to a limit. */
  static void checkRelevances(TrainingTable table, int max) {
    for (double y : table.y()) {
      if (y < 0 || y > max || y % 1 != 0) {
        throw new MlException(
            MlException.Kind.BAD_DATA,
            "a relevance to rank by is " + y + ", it must be a whole number from 0 to " + max,
            "Map the label to grades such as 0 to 4.");
      }
    }
  }
}
