package org.pglynx.ml.neural;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.NumpyRandom;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Task;

/**
 * The rows to learn from and, for early stopping, those held back to be scored.
 *
 * @param training rows
 * @param validation rows, none without early stopping
 */
record Held(TrainingTable table, int[] training, int[] validation) {
  /** Splits: by a permutation, for classes so that each has its share on both sides. */
  static Held of(TrainingTable table, Parameters parameters, NumpyRandom random) {
    if (!parameters.flag("early_stopping", false)) {
      return new Held(table, IntStream.range(0, table.rows()).toArray(), new int[0]);
    }
    double share = parameters.real("validation_fraction", 0.1);
    int[] order = random.permutation(table.rows());
    int wanted = (int) Math.ceil(share * order.length);
    List<Integer> held = new ArrayList<>();
    if (table.info().task() == Task.REGRESSION) {
      Arrays.stream(order, 0, wanted).forEach(held::add);
    } else {
      for (int c = 0; c < table.classCount(); c++) {
        int own = c;
        int[] rows = Arrays.stream(order).filter(i -> table.y()[i] == own).toArray();
        Arrays.stream(rows, 0, (int) Math.round(share * rows.length)).forEach(held::add);
      }
    }
    boolean[] isHeld = new boolean[order.length];
    held.forEach(i -> isHeld[i] = true);
    int[] training = Arrays.stream(order).filter(i -> !isHeld[i]).toArray();
    if (held.isEmpty() || training.length == 0) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "validation_fraction = %s of %d rows leaves none to score or none to learn from"
              .formatted(share, order.length),
          "Set early_stopping to false, or validation_fraction to another share.");
    }
    return new Held(table, training, held.stream().mapToInt(i -> i).toArray());
  }

  /** Accuracy, or r2, of the rows held back; 0 when there are none. */
  double score(double[] numbers, Backpropagation network, Output output) {
    double right = 0;
    double error = 0;
    double mean = Arrays.stream(validation).mapToDouble(i -> table.y()[i]).average().orElse(0);
    double spread = 0;
    for (int row : validation) {
      double[] sums = network.forward(numbers, row);
      double y = table.y()[row];
      right += y == largest(sums, output) ? 1 : 0;
      error += (y - sums[0]) * (y - sums[0]);
      spread += (y - mean) * (y - mean);
    }
    if (output == Output.VALUE) {
      return spread > 0 ? 1 - error / spread : -error;
    }
    return right / Math.max(1, validation.length);
  }

  private static int largest(double[] sums, Output output) {
    if (output == Output.LOGISTIC) {
      return sums[0] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int c = 1; c < sums.length; c++) {
      best = sums[c] > sums[best] ? c : best;
    }
    return best;
  }
}
