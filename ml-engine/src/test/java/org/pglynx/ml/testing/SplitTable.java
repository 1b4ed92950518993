package org.pglynx.ml.testing;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Features;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.Classes;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;

/**
 * A built-in data set cut into rows to learn from and fold 0, which is held out.
 *
 * @param train the rows to learn from
 * @param held the features of the held-out rows
 * @param labels their labels
 */
public record SplitTable(TrainingTable train, float[] held, double[] labels) {
  private static final int SMALL = 8;

  /** The set with the options that the reference script knows: scaled, weighted, small. */
  public static SplitTable of(String set, String algorithm, Task task, List<String> options) {
    DataSet data = Sets.builtIn(set);
    int[] folds = ReferenceScores.folds(set);
    int[] train = IntStream.range(0, folds.length).filter(i -> folds[i] != 0).toArray();
    int[] test = IntStream.range(0, folds.length).filter(i -> folds[i] == 0).toArray();
    float[] x = data.rowMajor(train);
    float[] held = data.rowMajor(test);
    if (options.contains("scaled")) {
      scale(x, held, data.featureCount());
    }
    ClassLabels classes = ClassLabels.NONE;
    double[] y = data.labels(train);
    double[] labels = data.labels(test);
    if (task == Task.CLASSIFICATION) {
      Classes known = data.classes(train);
      classes = known.labels();
      y = Arrays.stream(known.indexes(data, train)).asDoubleStream().toArray();
      labels = Arrays.stream(known.indexes(data, test)).asDoubleStream().toArray();
    }
    if (options.contains("small")) {
      x = Arrays.copyOf(x, SMALL * data.featureCount());
      y = Arrays.copyOf(y, SMALL);
    }
    ModelInfo info = new ModelInfo(task, algorithm, data.featureNames(), classes);
    double[] weights = options.contains("weighted") ? weights(y.length) : null;
    return new SplitTable(table(info, x, y, weights), held, labels);
  }

  /** r2 or accuracy of a model on the held-out rows. */
  public double score(Model model) {
    float[] predicted = new float[labels.length];
    model.predict(held, labels.length, predicted);
    double mean = Arrays.stream(labels).average().orElseThrow();
    double right = 0;
    double off = 0;
    double spread = 0;
    for (int i = 0; i < labels.length; i++) {
      right += predicted[i] == labels[i] ? 1 : 0;
      off += (labels[i] - predicted[i]) * (labels[i] - predicted[i]);
      spread += (labels[i] - mean) * (labels[i] - mean);
    }
    return model.task() == Task.REGRESSION ? 1 - off / spread : right / labels.length;
  }

  private static TrainingTable table(
      ModelInfo info, float[] x, double[] y, double @Nullable [] weights) {
    return new TrainingTable(info, Features.of(x, info.features().size()), y, weights, null);
  }

  private static double[] weights(int rows) {
    return IntStream.range(0, rows).mapToDouble(i -> 0.5 + i % 4).toArray();
  }

  private static void scale(float[] x, float[] held, int width) {
    for (int j = 0; j < width; j++) {
      int column = j;
      double mean = column(x, width, column).average().orElseThrow();
      double variance =
          column(x, width, column).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      double deviation = variance == 0 ? 1 : Math.sqrt(variance);
      for (float[] part : List.of(x, held)) {
        for (int i = j; i < part.length; i += width) {
          part[i] = (float) ((part[i] - mean) / deviation);
        }
      }
    }
  }

  private static DoubleStream column(float[] x, int width, int column) {
    return IntStream.range(0, x.length / width).mapToDouble(i -> x[i * width + column]);
  }
}
