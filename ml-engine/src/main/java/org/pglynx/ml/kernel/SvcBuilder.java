package org.pglynx.ml.kernel;

import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.kernel.SvcTrainer.Duel;
import org.pglynx.ml.kernel.SvcTrainer.Parting;

/** Gathers the machines of all pairs of classes into one model that stores each row once. */
final class SvcBuilder {
  private final TrainingTable table;
  private final KernelFunction kernel;
  private final int others;
  private final double[] coefficients;
  private final double[] biases;
  private final double[] scaling;
  private int pairs;

  SvcBuilder(TrainingTable table, KernelFunction kernel, boolean probability) {
    int classes = table.classCount();
    this.table = table;
    this.kernel = kernel;
    this.others = classes - 1;
    this.coefficients = new double[table.rows() * others];
    this.biases = new double[classes * others / 2];
    this.scaling = new double[probability ? 2 * biases.length : 0];
  }

  /** The next pair's machine; pairs come in the order (0, 1), (0, 2), …, (1, 2), …. */
  void add(int first, int second, Duel duel, Parting parting) {
    int k = 0;
    for (int row : duel.first()) {
      coefficients[row * others + second - 1] = parting.coefficients()[k++];
    }
    for (int row : duel.second()) {
      coefficients[row * others + first] = parting.coefficients()[k++];
    }
    biases[pairs++] = parting.bias();
  }

  void calibrate(int pair, PlattScaling platt) {
    scaling[2 * pair] = platt.slope();
    scaling[2 * pair + 1] = platt.offset();
  }

  SvcModel build() {
    int p = table.width();
    int count = supports();
    float[] rows = new float[count * p];
    int[] classOf = new int[count];
    double[] kept = new double[count * others];
    int at = 0;
    for (int i = 0; i < table.rows(); i++) {
      if (supports(i)) {
        System.arraycopy(table.x(), i * p, rows, at * p, p);
        System.arraycopy(coefficients, i * others, kept, at * others, others);
        classOf[at++] = (int) table.y()[i];
      }
    }
    return new SvcModel(table.info(), kernel, rows, classOf, kept, biases, scaling);
  }

  private int supports() {
    int count = 0;
    for (int i = 0; i < table.rows(); i++) {
      count += supports(i) ? 1 : 0;
    }
    return count;
  }

  private boolean supports(int row) {
    for (int k = row * others; k < (row + 1) * others; k++) {
      if (coefficients[k] != 0) {
        return true;
      }
    }
    return false;
  }
}
