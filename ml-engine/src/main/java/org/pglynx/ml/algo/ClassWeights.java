package org.pglynx.ml.algo;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** What {@code class_weight} means for the classes of a table. */
public final class ClassWeights {
  private ClassWeights() {}

  /**
   * The weight of each class: 1 without class_weight, rows / (classes · rows of the class) when
   * "balanced" (rows count alike here, as in scikit-learn), else as given, 1 for labels not named.
   *
   * @throws MlException of kind BAD_HYPERPARAMETER when a label is none of the classes
   */
  public static double[] of(TrainingTable table, Parameters parameters) {
    double[] weights = new double[table.classCount()];
    Arrays.fill(weights, 1);
    @Nullable Object given = parameters.raw("class_weight");
    if (given instanceof Map<?, ?> map) {
      map.forEach((label, weight) ->
          weights[index(table.info().classes(), (String) label)] = (Double) weight);
    } else if (given != null) {
      balance(table, weights);
    }
    return weights;
  }

  /** The weight of each row, that of its class included; null when all count 1. */
  public static double @Nullable [] ofRows(TrainingTable table, Parameters parameters) {
    if (!parameters.has("class_weight")) {
      return table.weights();
    }
    double[] classes = of(table, parameters);
    double[] rows = new double[table.rows()];
    Arrays.setAll(rows, i -> table.weight(i) * classes[(int) table.y()[i]]);
    return rows;
  }

  private static void balance(TrainingTable table, double[] weights) {
    int[] counts = new int[weights.length];
    for (double label : table.y()) {
      counts[(int) label]++;
    }
    for (int c = 0; c < weights.length; c++) {
      weights[c] = counts[c] == 0 ? 1 : table.rows() / ((double) weights.length * counts[c]);
    }
  }

  private static int index(ClassLabels classes, String label) {
    int index = classes.names().indexOf(label);
    if (index < 0 && classes.kind() == ClassLabels.Kind.BOOLEAN) {
      index = List.of("0", "1").indexOf(label);
    }
    if (index < 0 || index >= classes.count()) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "class_weight names \"%s\", which is no label of the training rows".formatted(label),
          "The labels are " + String.join(", ", classes.names()) + ".");
    }
    return index;
  }
}
