package org.pglynx.ml.linear;

import java.util.Arrays;
import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.Lbfgs;

/**
 * Logistic regression with scikit-learn's objective: C times the sum of the log losses plus half
 * the squared weights; intercepts are free. Two classes have one score, more have softmax.
 *
 * <p>The search runs in scaled coordinates (v = w·std), with the penalty expressed in them: the
 * minimum is the same, but columns of very different scale no longer slow it down.
 */
final class LogisticTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.positive("C"),
          ParameterSpec.whole("max_iter", 1, 1_000_000),
          ParameterSpec.positive("tol"),
          ParameterSpec.flag("fit_intercept"),
          ParameterSpec.choice("penalty", "l2"),
          ParameterSpec.choice("solver", "lbfgs"));

  /** Enough to reach the optimum; scikit-learn's 100 stops before it on digits, with a warning. */
  private static final int DEFAULT_MAX_ITERATIONS = 1000;

  private static final int ROWS_BETWEEN_CHECKS = 4096;

  private final TrainingTable table;
  private final FitContext context;
  private final double c;
  private final boolean intercept;
  private final int p;
  private final int outputs;
  private final double[] mean;
  private final double[] scale;
  private final double[] scores;
  private final double[] scaled;

  private LogisticTrainer(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.context = context;
    this.c = parameters.real("C", 1);
    this.intercept = parameters.flag("fit_intercept", true);
    this.p = table.width();
    this.outputs = table.classCount() == 2 ? 1 : table.classCount();
    this.mean = new double[p];
    this.scale = new double[p];
    this.scores = new double[outputs];
    this.scaled = new double[p];
    findScales();
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    LogisticTrainer trainer = new LogisticTrainer(table, parameters, context);
    double[] solution =
        Lbfgs.minimise(
            trainer::loss,
            new double[trainer.outputs * (trainer.p + 1)],
            parameters.whole("max_iter", DEFAULT_MAX_ITERATIONS),
            parameters.real("tol", 1e-4));
    return trainer.model(solution);
  }

  /** Without an intercept columns must not be shifted, only scaled. */
  private void findScales() {
    int n = table.rows();
    double[] squares = new double[p];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < p; j++) {
        mean[j] += table.feature(i, j);
      }
    }
    for (int j = 0; j < p; j++) {
      mean[j] = intercept ? mean[j] / n : 0;
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < p; j++) {
        double d = table.feature(i, j) - mean[j];
        squares[j] += d * d;
      }
    }
    for (int j = 0; j < p; j++) {
      scale[j] = Math.sqrt((squares[j] + 4 / c) / n);
    }
  }

  /** The objective and its gradient; layout of v is outputs × (features, intercept). */
  private double loss(double[] v, double[] gradient) {
    Arrays.fill(gradient, 0);
    double loss = 0;
    for (int i = 0; i < table.rows(); i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        context.cancel().check();
      }
      loss += rowLoss(i, v, gradient);
    }
    double penalty = 0;
    for (int k = 0; k < outputs; k++) {
      int at = k * (p + 1);
      for (int j = 0; j < p; j++) {
        double w = v[at + j] / scale[j];
        penalty += w * w;
        gradient[at + j] = c * gradient[at + j] + w / scale[j];
      }
      gradient[at + p] = intercept ? c * gradient[at + p] : 0;
    }
    return c * loss + penalty / 2;
  }

  private double rowLoss(int row, double[] v, double[] gradient) {
    for (int j = 0; j < p; j++) {
      scaled[j] = (table.feature(row, j) - mean[j]) / scale[j];
    }
    for (int k = 0; k < outputs; k++) {
      int at = k * (p + 1);
      double score = v[at + p];
      for (int j = 0; j < p; j++) {
        score += v[at + j] * scaled[j];
      }
      scores[k] = score;
    }
    int label = (int) table.y()[row];
    double loss = outputs == 1 ? binary(label) : multinomial(label);
    for (int k = 0; k < outputs; k++) {
      int at = k * (p + 1);
      for (int j = 0; j < p; j++) {
        gradient[at + j] += scores[k] * scaled[j];
      }
      gradient[at + p] += scores[k];
    }
    return loss;
  }

  /** The log loss; replaces the score by its derivative. */
  private double binary(int label) {
    double score = scores[0];
    double signed = label == 1 ? score : -score;
    double probability = 1 / (1 + Math.exp(-score));
    scores[0] = probability - label;
    return Math.log1p(Math.exp(-Math.abs(signed))) + Math.max(-signed, 0);
  }

  /** The log loss; replaces the scores by their derivatives. */
  private double multinomial(int label) {
    double max = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      max = Math.max(max, score);
    }
    double own = scores[label] - max;
    double sum = 0;
    for (int k = 0; k < outputs; k++) {
      scores[k] = Math.exp(scores[k] - max);
      sum += scores[k];
    }
    for (int k = 0; k < outputs; k++) {
      scores[k] /= sum;
    }
    scores[label] -= 1;
    return Math.log(sum) - own;
  }

  private LinearModel model(double[] v) {
    double[] weights = new double[outputs * p];
    double[] intercepts = new double[outputs];
    for (int k = 0; k < outputs; k++) {
      int at = k * (p + 1);
      intercepts[k] = v[at + p];
      for (int j = 0; j < p; j++) {
        double w = v[at + j] / scale[j];
        weights[k * p + j] = w;
        intercepts[k] -= w * mean[j];
      }
    }
    Link link = outputs == 1 ? Link.LOGISTIC : Link.SOFTMAX;
    return LinearModel.fitted(table.info(), link, weights, intercepts);
  }
}
