package org.pglynx.ml.tree;

import java.util.Arrays;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.Task;

/**
 * The losses of gradient boosting machines (Friedman 2001): where scores start, what is left to
 * explain, and the best step in a leaf, each as scikit-learn computes it.
 */
final class StageLoss {
  /** Which loss. */
  enum Kind {
    SQUARED_ERROR,
    ABSOLUTE_ERROR,
    HUBER,
    QUANTILE,
    LOG_LOSS,
    EXPONENTIAL
  }

  private static final double TINY = 1e-150;

  private final Kind kind;
  private final double alpha;
  private final TrainingTable table;
  private final double[] weights;
  private final boolean weighted;
  private final int outputs;
  private double gamma;

  StageLoss(TrainingTable table, double[] weights, boolean weighted, String name, double alpha) {
    this.table = table;
    this.weights = weights;
    this.weighted = weighted;
    this.kind = kind(table, name);
    this.alpha = kind == Kind.ABSOLUTE_ERROR ? 0.5 : alpha;
    this.outputs = table.classCount() > 2 ? table.classCount() : 1;
  }

  private static Kind kind(TrainingTable table, String name) {
    return switch (name) {
      case "absolute_error" -> Kind.ABSOLUTE_ERROR;
      case "huber" -> Kind.HUBER;
      case "quantile" -> Kind.QUANTILE;
      case "exponential" -> Kind.EXPONENTIAL;
      default -> table.info().task() == Task.CLASSIFICATION ? Kind.LOG_LOSS : Kind.SQUARED_ERROR;
    };
  }

  int outputs() {
    return outputs;
  }

  Link link() {
    return switch (kind) {
      case SQUARED_ERROR, ABSOLUTE_ERROR, HUBER, QUANTILE -> Link.IDENTITY;
      case LOG_LOSS, EXPONENTIAL -> outputs == 1 ? Link.LOGISTIC : Link.SOFTMAX;
    };
  }

  /** What makes the link's scores of ours: the exponential loss finds half of the log odds. */
  double linkScale() {
    return kind == Kind.EXPONENTIAL ? 2 : 1;
  }

  double[] start() {
    return switch (kind) {
      case SQUARED_ERROR -> new double[] {mean(-1)};
      case ABSOLUTE_ERROR, QUANTILE -> new double[] {quantile(alpha)};
      case HUBER -> new double[] {quantile(0.5)};
      case EXPONENTIAL -> new double[] {Math.log(mean(1) / (1 - mean(1))) / 2};
      case LOG_LOSS -> {
        double[] logs = new double[outputs];
        Arrays.setAll(
            logs, k -> outputs == 1 ? Math.log(mean(1) / (1 - mean(1))) : Math.log(mean(k)));
        yield logs;
      }
    };
  }

  private double quantile(double share) {
    return WeightedQuantile.of(table.y(), weighted ? weights : null, share);
  }

  /** The mean label, or the share of a class. */
  private double mean(int ofClass) {
    double sum = 0;
    double total = 0;
    for (int i = 0; i < table.rows(); i++) {
      double y = table.y()[i];
      sum += weights[i] * (ofClass < 0 ? y : y == ofClass ? 1 : 0);
      total += weights[i];
    }
    return sum / total;
  }

  /**
   * The negative gradient per output and row.
   *
   * @param round how much each row counts in this round
   */
  double[][] residuals(double[][] score, double[] round) {
    double[][] residual = new double[outputs][table.rows()];
    if (kind == Kind.HUBER) {
      gamma = gamma(score[0], round);
    }
    double[] probability = new double[outputs];
    for (int i = 0; i < table.rows(); i++) {
      if (outputs > 1) {
        softmax(score, i, probability);
        for (int k = 0; k < outputs; k++) {
          residual[k][i] = (table.y()[i] == k ? 1 : 0) - probability[k];
        }
      } else {
        residual[0][i] = residual(table.y()[i], score[0][i]);
      }
    }
    return residual;
  }

  private double residual(double y, double score) {
    double rest = y - score;
    return switch (kind) {
      case SQUARED_ERROR -> rest;
      case ABSOLUTE_ERROR -> rest > 0 ? 1 : -1;
      case HUBER -> Math.abs(rest) <= gamma ? rest : Math.copySign(gamma, rest);
      case QUANTILE -> rest > 0 ? alpha : alpha - 1;
      case LOG_LOSS -> y - 1 / (1 + Math.exp(-score));
      case EXPONENTIAL -> (2 * y - 1) * Math.exp(-(2 * y - 1) * score);
    };
  }

  private double gamma(double[] score, double[] round) {
    double[] absolute = new double[score.length];
    Arrays.setAll(absolute, i -> Math.abs(table.y()[i] - score[i]));
    return WeightedQuantile.of(absolute, round, alpha);
  }

  private static void softmax(double[][] score, int row, double[] probability) {
    double max = Double.NEGATIVE_INFINITY;
    for (double[] scores : score) {
      max = Math.max(max, scores[row]);
    }
    double sum = 0;
    for (int k = 0; k < score.length; k++) {
      probability[k] = Math.exp(score[k][row] - max);
      sum += probability[k];
    }
    for (int k = 0; k < score.length; k++) {
      probability[k] /= sum;
    }
  }

  /**
   * The best step of a leaf.
   *
   * @param rows those that are in it and count in this round
   */
  double step(int[] rows, double[] score, double[] residual, double[] round) {
    return switch (kind) {
      case SQUARED_ERROR -> ratio(rows, residual, round, 1);
      case LOG_LOSS -> ratio(rows, residual, round, (outputs - 1.0) / outputs);
      case EXPONENTIAL -> ratio(rows, residual, round, 1);
      case ABSOLUTE_ERROR, QUANTILE -> quantileStep(rows, score, round, alpha);
      case HUBER -> huberStep(rows, score, round);
    };
  }

  private double ratio(int[] rows, double[] residual, double[] round, double manyClasses) {
    double numerator = 0;
    double denominator = 0;
    for (int row : rows) {
      double r = residual[row];
      double size = Math.abs(r);
      numerator += round[row] * r;
      denominator +=
          round[row]
              * switch (kind) {
                case LOG_LOSS -> size * (1 - size);
                case EXPONENTIAL -> size;
                case SQUARED_ERROR, ABSOLUTE_ERROR, HUBER, QUANTILE -> 1;
              };
    }
    double factor = outputs > 1 ? manyClasses : 1;
    return Math.abs(denominator) < TINY ? 0 : factor * numerator / denominator;
  }

  private double quantileStep(int[] rows, double[] score, double[] round, double share) {
    double[] rest = new double[rows.length];
    double[] of = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      rest[i] = table.y()[rows[i]] - score[rows[i]];
      of[i] = round[rows[i]];
    }
    return WeightedQuantile.of(rest, of, share);
  }

  private double huberStep(int[] rows, double[] score, double[] round) {
    double median = quantileStep(rows, score, round, 0.5);
    double sum = 0;
    for (int row : rows) {
      double rest = table.y()[row] - score[row] - median;
      sum += Math.copySign(Math.min(Math.abs(rest), gamma), rest);
    }
    return rows.length == 0 ? 0 : median + sum / rows.length;
  }

  /** The mean loss at these scores, of a part of the rows that was held out. */
  double mean(double[][] score) {
    double sum = 0;
    double total = 0;
    double[] probability = new double[outputs];
    for (int i = 0; i < table.rows(); i++) {
      double y = table.y()[i];
      double loss;
      if (outputs > 1) {
        softmax(score, i, probability);
        loss = -Math.log(Math.max(probability[(int) y], Double.MIN_NORMAL));
      } else {
        loss = loss(y, score[0][i]);
      }
      sum += weights[i] * loss;
      total += weights[i];
    }
    return sum / total;
  }

  private double loss(double y, double score) {
    double rest = Math.abs(y - score);
    return switch (kind) {
      case SQUARED_ERROR -> rest * rest;
      case ABSOLUTE_ERROR, HUBER -> rest;
      case QUANTILE -> y > score ? alpha * rest : (1 - alpha) * rest;
      case LOG_LOSS ->
          2 * (Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - y * score);
      case EXPONENTIAL -> Math.exp(-(2 * y - 1) * score);
    };
  }
}
