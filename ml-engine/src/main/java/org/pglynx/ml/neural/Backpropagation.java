package org.pglynx.ml.neural;

import java.util.Arrays;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;

/** The mean loss of some rows with its L2 penalty, and the gradient, row by row. */
final class Backpropagation {
  private final TrainingTable table;
  private final Layout layout;
  private final Activation activation;
  private final Output output;
  private final double alpha;
  private final CancelToken cancel;
  private final double[][] values;
  private final double[][] errors;

  Backpropagation(
      TrainingTable table,
      Layout layout,
      Activation activation,
      Output output,
      double alpha,
      CancelToken cancel) {
    this.table = table;
    this.layout = layout;
    this.activation = activation;
    this.output = output;
    this.alpha = alpha;
    this.cancel = cancel;
    this.values = new double[layout.layers() + 1][];
    this.errors = new double[layout.layers() + 1][];
    for (int l = 0; l <= layout.layers(); l++) {
      values[l] = new double[layout.sizes()[l]];
      errors[l] = new double[values[l].length];
    }
  }

  /** The loss of the rows order[from] … order[to − 1]; fills the gradient. */
  double evaluate(double[] numbers, int[] order, int from, int to, double[] gradient) {
    Arrays.fill(gradient, 0);
    double loss = 0;
    for (int i = from; i < to; i++) {
      cancel.check();
      loss += row(numbers, order[i], gradient);
    }
    int rows = to - from;
    return (loss + penalise(numbers, gradient)) / divided(gradient, rows);
  }

  private double row(double[] numbers, int row, double[] gradient) {
    forward(numbers, row);
    int last = layout.layers();
    System.arraycopy(values[last], 0, errors[last], 0, layout.outputs());
    double loss = output.loss(errors[last], layout.outputs(), table.y()[row]);
    for (int l = last - 1; l >= 0; l--) {
      addGradient(l, gradient);
      if (l > 0) {
        back(numbers, l);
      }
    }
    return loss;
  }

  /** The sums of the last layer for a row. */
  double[] forward(double[] numbers, int row) {
    for (int j = 0; j < table.width(); j++) {
      values[0][j] = table.feature(row, j);
    }
    int last = layout.layers() - 1;
    for (int l = 0; l <= last; l++) {
      double[] out = values[l + 1];
      layout.sums(numbers, l, values[l], out);
      for (int u = 0; l < last && u < out.length; u++) {
        out[u] = activation.of(out[u]);
      }
    }
    return values[last + 1];
  }

  private void addGradient(int layer, double[] gradient) {
    int units = layout.units(layer);
    double[] error = errors[layer + 1];
    int at = layout.weights(layer);
    for (int i = 0; i < layout.inputs(layer); i++, at += units) {
      double value = values[layer][i];
      if (value != 0) {
        for (int u = 0; u < units; u++) {
          gradient[at + u] += value * error[u];
        }
      }
    }
    for (int u = 0; u < units; u++) {
      gradient[at + u] += error[u];
    }
  }

  private void back(double[] numbers, int layer) {
    int units = layout.units(layer);
    double[] error = errors[layer + 1];
    int at = layout.weights(layer);
    for (int i = 0; i < layout.inputs(layer); i++, at += units) {
      double slope = activation.slope(values[layer][i]);
      double sum = 0;
      for (int u = 0; slope != 0 && u < units; u++) {
        sum += numbers[at + u] * error[u];
      }
      errors[layer][i] = sum * slope;
    }
  }

  /** Intercepts have no penalty. */
  private double penalise(double[] numbers, double[] gradient) {
    double squares = 0;
    for (int l = 0; l < layout.layers(); l++) {
      for (int at = layout.weights(l); at < layout.intercepts(l); at++) {
        gradient[at] += alpha * numbers[at];
        squares += numbers[at] * numbers[at];
      }
    }
    return alpha * squares / 2;
  }

  private static int divided(double[] gradient, int rows) {
    for (int at = 0; at < gradient.length; at++) {
      gradient[at] /= rows;
    }
    return rows;
  }
}
