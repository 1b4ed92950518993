package org.pglynx.ml.online;

import java.util.Arrays;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.NumpyRandom;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Task;

/** The rows that early stopping keeps apart, and the score on them. */
final class EarlyStop {
  private EarlyStop() {}

  /** No row is kept apart. */
  static boolean[] none(int rows) {
    return new boolean[rows];
  }

  /**
   * A share of the rows, of each class for classification.
   *
   * @throws MlException of kind BAD_DATA when one of the parts would be empty
   */
  static boolean[] choose(TrainingTable table, double share, long seed) {
    int n = table.rows();
    int wanted = (int) Math.ceil(n * share);
    if (wanted >= n) {
      throw new MlException(
          Kind.BAD_DATA,
          "early stopping leaves no row to learn from: validation_fraction = %s of %d rows"
              .formatted(share, n),
          "Use a smaller validation_fraction, or early_stopping = false.");
    }
    int[] order = new NumpyRandom(seed).permutation(n);
    boolean[] apart = new boolean[n];
    if (table.info().task() == Task.CLASSIFICATION) {
      chooseByClass(table, order, share, apart);
    } else {
      Arrays.stream(order, 0, wanted).forEach(row -> apart[row] = true);
    }
    return apart;
  }

  /** Every class gives its share, rounded; one row at least where it has two. */
  private static void chooseByClass(
      TrainingTable table, int[] order, double share, boolean[] apart) {
    int[] left = new int[table.classCount()];
    for (double label : table.y()) {
      left[(int) label]++;
    }
    for (int c = 0; c < left.length; c++) {
      left[c] = left[c] < 2 ? 0 : Math.max(1, (int) Math.round(left[c] * share));
    }
    for (int row : order) {
      int label = (int) table.y()[row];
      if (left[label] > 0) {
        left[label]--;
        apart[row] = true;
      }
    }
  }

  /** Accuracy, or r2, of the weights so far on the rows kept apart. */
  static double score(TrainingTable table, Sgd.Problem problem, OnlineWeights weights) {
    return table.info().task() == Task.CLASSIFICATION
        ? accuracy(table, problem, weights)
        : r2(table, problem, weights);
  }

  private static double accuracy(TrainingTable table, Sgd.Problem problem, OnlineWeights weights) {
    double right = 0;
    double all = 0;
    for (int i = 0; i < table.rows(); i++) {
      if (problem.heldApart()[i]) {
        all += table.weight(i);
        boolean positive = weights.score(i) > 0;
        right += positive == problem.labels()[i] > 0 ? table.weight(i) : 0;
      }
    }
    return right / all;
  }

  private static double r2(TrainingTable table, Sgd.Problem problem, OnlineWeights weights) {
    double all = 0;
    double sum = 0;
    for (int i = 0; i < table.rows(); i++) {
      if (problem.heldApart()[i]) {
        all += table.weight(i);
        sum += table.weight(i) * problem.labels()[i];
      }
    }
    double off = 0;
    double spread = 0;
    for (int i = 0; i < table.rows(); i++) {
      if (problem.heldApart()[i]) {
        double label = problem.labels()[i];
        double error = label - weights.score(i);
        off += table.weight(i) * error * error;
        spread += table.weight(i) * (label - sum / all) * (label - sum / all);
      }
    }
    return spread == 0 ? (off == 0 ? 1 : 0) : 1 - off / spread;
  }
}
