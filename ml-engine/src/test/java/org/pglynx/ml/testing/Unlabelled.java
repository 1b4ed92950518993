package org.pglynx.ml.testing;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;

/** Tables of rows without labels. */
public final class Unlabelled {
  private Unlabelled() {}

  /**
   * A built-in set: "wine", "wine+scale" (columns standardised), "digits/40" (its first 40 rows).
   */
  public static TrainingTable builtIn(Task task, String algorithm, String name) {
    String[] cut = name.split("/", -1);
    String[] scaled = cut[0].split("\\+", -1);
    DataSet data = Sets.builtIn(scaled[0]);
    int[] rows = data.allRows();
    int count = cut.length > 1 ? Integer.parseInt(cut[1]) : rows.length;
    float[] x = data.rowMajor(Arrays.copyOf(rows, count));
    if (scaled.length > 1) {
      standardise(x, data.featureNames().size());
    }
    return TrainingTable.of(
        task, algorithm, data.featureNames(), ClassLabels.NONE, x, new double[0]);
  }

  /** Rows as they are given, features x0, x1, …. */
  public static TrainingTable rows(Task task, String algorithm, int width, float... x) {
    List<String> names = IntStream.range(0, width).mapToObj(j -> "x" + j).toList();
    return TrainingTable.of(task, algorithm, names, ClassLabels.NONE, x, new double[0]);
  }

  private static void standardise(float[] x, int width) {
    int rows = x.length / width;
    for (int j = 0; j < width; j++) {
      double mean = 0;
      for (int i = 0; i < rows; i++) {
        mean += x[i * width + j];
      }
      mean /= rows;
      double squares = 0;
      for (int i = 0; i < rows; i++) {
        squares += Math.pow(x[i * width + j] - mean, 2);
      }
      double deviation = squares == 0 ? 1 : Math.sqrt(squares / rows);
      for (int i = 0; i < rows; i++) {
        x[i * width + j] = (float) ((x[i * width + j] - mean) / deviation);
      }
    }
  }
}
