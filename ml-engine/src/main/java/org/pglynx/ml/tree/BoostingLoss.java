package org.pglynx.ml.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;

/** The losses of histogram boosting: start scores, gradients and hessians, leaves' steps. */
final class BoostingLoss {
  /** Which loss. */
  enum Kind {
    SQUARED_ERROR,
    ABSOLUTE_ERROR,
    QUANTILE,
    POISSON,
    LOGISTIC,
    SOFTMAX
  }

  private final Kind kind;
  private final double quantile;
  private final TrainingTable table;
  private final double @Nullable [] weights;

  /**
   * A loss over a table.
   *
   * @param weights of rows; null when all count 1
   */
  BoostingLoss(TrainingTable table, double @Nullable [] weights, String name, double quantile) {
    this.table = table;
    this.weights = weights;
    this.quantile = name.equals("absolute_error") ? 0.5 : quantile;
    this.kind = kind(table, name);
    if (kind == Kind.POISSON) {
      requireCounts();
    }
  }

  private static Kind kind(TrainingTable table, String name) {
    if (table.info().task() == Task.CLASSIFICATION) {
      return table.classCount() == 2 ? Kind.LOGISTIC : Kind.SOFTMAX;
    }
    return switch (name) {
      case "absolute_error" -> Kind.ABSOLUTE_ERROR;
      case "quantile" -> Kind.QUANTILE;
      case "poisson" -> Kind.POISSON;
      default -> Kind.SQUARED_ERROR;
    };
  }

  int outputs() {
    return kind == Kind.SOFTMAX ? table.classCount() : 1;
  }

  Link link() {
    return switch (kind) {
      case SQUARED_ERROR, ABSOLUTE_ERROR, QUANTILE -> Link.IDENTITY;
      case POISSON -> Link.EXPONENT;
      case LOGISTIC -> Link.LOGISTIC;
      case SOFTMAX -> Link.SOFTMAX;
    };
  }

  /** The best constant scores. */
  double[] start() {
    return switch (kind) {
      case SQUARED_ERROR -> new double[] {mean(-1)};
      case POISSON -> new double[] {Math.log(Math.max(mean(-1), Double.MIN_NORMAL))};
      case ABSOLUTE_ERROR, QUANTILE ->
          new double[] {WeightedQuantile.of(table.y(), weights, quantile)};
      case LOGISTIC -> {
        double p = mean(1);
        yield new double[] {Math.log(p / (1 - p))};
      }
      case SOFTMAX -> {
        double[] logs = new double[outputs()];
        Arrays.setAll(logs, k -> Math.log(Math.max(mean(k), Math.ulp(1.0))));
        double average = Arrays.stream(logs).average().orElse(0);
        yield Arrays.stream(logs).map(log -> log - average).toArray();
      }
    };
  }

  /** The mean label, or the share of a class. */
  private double mean(int ofClass) {
    double sum = 0;
    double total = 0;
    for (int i = 0; i < table.rows(); i++) {
      double y = table.y()[i];
      sum += weight(i) * (ofClass < 0 ? y : y == ofClass ? 1 : 0);
      total += weight(i);
    }
    return sum / total;
  }

  private double weight(int row) {
    return weights == null ? 1 : weights[row];
  }

  /** First and second derivatives of all rows by one score. */
  void derive(int output, double[][] scores, double[] gradient, double[] hessian) {
    for (int i = 0; i < gradient.length; i++) {
      double score = scores[output][i];
      double y = table.y()[i];
      double w = weight(i);
      hessian[i] = w;
      switch (kind) {
        case SQUARED_ERROR -> gradient[i] = w * (score - y);
        case ABSOLUTE_ERROR, QUANTILE ->
            gradient[i] = w * (kind == Kind.QUANTILE ? pinball(score, y) : sign(score, y));
        case POISSON -> {
          double mean = Math.exp(score);
          gradient[i] = w * (mean - y);
          hessian[i] = w * mean;
        }
        case LOGISTIC -> share(i, w, 1 / (1 + Math.exp(-score)), y, gradient, hessian);
        case SOFTMAX ->
            share(i, w, softmax(scores, output, i), y == output ? 1 : 0, gradient, hessian);
      }
    }
  }

  private static void share(
      int row, double w, double p, double y, double[] gradient, double[] hessian) {
    gradient[row] = w * (p - y);
    hessian[row] = w * p * (1 - p);
  }

  private static double sign(double score, double y) {
    return score > y ? 1 : -1;
  }

  private double pinball(double score, double y) {
    return y >= score ? -quantile : 1 - quantile;
  }

  private static double softmax(double[][] scores, int output, int row) {
    double sum = 0;
    for (double[] of : scores) {
      sum += Math.exp(of[row] - scores[output][row]);
    }
    return 1 / sum;
  }

  /**
   * A leaf's step before the learning rate: the derivatives' one, or a quantile of what is left.
   */
  double step(HistogramGrower.Leaf leaf, int[] rows, double[] scores) {
    if (kind != Kind.ABSOLUTE_ERROR && kind != Kind.QUANTILE) {
      return leaf.value();
    }
    int n = leaf.to() - leaf.from();
    double[] rest = new double[n];
    double @Nullable [] of = weights == null ? null : new double[n];
    for (int i = 0; i < n; i++) {
      int row = rows[leaf.from() + i];
      rest[i] = table.y()[row] - scores[row];
      if (of != null) {
        of[i] = weight(row);
      }
    }
    return WeightedQuantile.of(rest, of, quantile);
  }

  /** The mean loss of the rows at these scores. */
  double mean(double[][] scores) {
    double sum = 0;
    double total = 0;
    for (int i = 0; i < table.rows(); i++) {
      sum += weight(i) * loss(scores, i);
      total += weight(i);
    }
    return sum / total;
  }

  private double loss(double[][] scores, int row) {
    double y = table.y()[row];
    double score = scores[0][row];
    return switch (kind) {
      case SQUARED_ERROR -> (score - y) * (score - y) / 2;
      case ABSOLUTE_ERROR -> Math.abs(score - y);
      case QUANTILE -> (score - y) * pinball(score, y);
      case POISSON -> Math.exp(score) - y * score;
      case LOGISTIC -> Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - y * score;
      case SOFTMAX -> -Math.log(softmax(scores, (int) y, row));
    };
  }

  private void requireCounts() {
    double sum = 0;
    for (double y : table.y()) {
      if (y < 0) {
        sum = Double.NaN;
      }
      sum += y;
    }
    if (!(sum > 0)) {
      throw new MlException(
          MlException.Kind.BAD_DATA,
          "loss \"poisson\" needs labels of at least 0, and one above",
          "Use loss \"squared_error\".");
    }
  }
}
