package org.pglynx.ml.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ClassWeights;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;

/** How much each row counts: its own weight times that of its class. */
public final class RowWeights {
  private RowWeights() {}

  /** The weights, null when all rows count 1. */
  public static double @Nullable [] of(TrainingTable table, Parameters parameters) {
    boolean byClass = table.info().task() == Task.CLASSIFICATION && parameters.has("class_weight");
    if (!byClass) {
      return checked(table.weights());
    }
    double[] ofClass = ClassWeights.of(table, parameters);
    double[] weights = new double[table.rows()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = table.weight(i) * ofClass[(int) table.y()[i]];
    }
    return checked(weights);
  }

  /** The same, written out. */
  public static double[] dense(TrainingTable table, Parameters parameters) {
    double[] weights = of(table, parameters);
    if (weights == null) {
      weights = new double[table.rows()];
      Arrays.fill(weights, 1);
    }
    return weights;
  }

  private static double @Nullable [] checked(double @Nullable [] weights) {
    if (weights != null) {
      double sum = 0;
      for (double weight : weights) {
        require(weight >= 0 && Double.isFinite(weight), "weights of rows must be at least 0");
        sum += weight;
      }
      require(sum > 0, "all rows have weight 0");
    }
    return weights;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new MlException(MlException.Kind.BAD_DATA, otherwise);
    }
  }
}
