package org.pglynx.ml.linear;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ClassWeights;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linalg.Lbfgs;
import org.pglynx.ml.linalg.ProximalGradient;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Logistic regression with scikit-learn's objective: C times the sum of the log losses plus the
 * penalty of the weights, which is half their squares, their absolutes, or a mix; intercepts are
 * free. Two classes have one score, more have softmax or, each against the rest, one of its own.
 *
 * <p>The search runs in scaled coordinates (v = w·std), with the penalty expressed in them: the
 * minimum is the same, but columns of very different scale no longer slow it down. Names of solvers
 * are taken: all of these find the same minimum. liblinear's is another, it penalises intercepts.
 */
final class LogisticTrainer {
  static final List<ParameterSpec> PARAMETERS =
      LinearParameters.with(
          ParameterSpec.choice("penalty", "l2", "l1", "elasticnet", "none").orNull(),
          ParameterSpec.positive("C"),
          ParameterSpec.between("l1_ratio", 0, 1).orNull(),
          ParameterSpec.classWeight(),
          ParameterSpec.choice("multi_class", "auto", "ovr", "multinomial"),
          ParameterSpec.choice("solver", "lbfgs", "newton-cg", "newton-cholesky", "sag", "saga"),
          LinearParameters.MAX_ITER,
          ParameterSpec.positive("tol"),
          LinearParameters.RANDOM_STATE,
          LinearParameters.JOBS);

  /** Enough to reach the optimum; scikit-learn's 100 stops before it on digits, with a warning. */
  private static final int DEFAULT_MAX_ITERATIONS = 1000;

  /** Proximal steps are many and short. */
  private static final int DEFAULT_MAX_PROXIMAL = 20_000;

  private static final int ROWS_BETWEEN_CHECKS = 64;

  private final TrainingTable table;
  private final FitContext context;
  private final Parameters parameters;
  private final double @Nullable [] rowWeights;
  private final double[] labels;
  private final double c;
  private final double ridge;
  private final double lasso;
  private final boolean intercept;
  private final int p;
  private final int outputs;
  private final double[] mean;
  private final double[] scale;
  private final double[] scores;
  private final double[] scaled;

  private LogisticTrainer(
      TrainingTable table,
      double[] labels,
      int outputs,
      Parameters parameters,
      FitContext context) {
    this.table = table;
    this.context = context;
    this.parameters = parameters;
    this.labels = labels;
    this.rowWeights = rowWeights(table, labels, outputs, parameters);
    this.c = parameters.real("C", 1);
    String penalty = parameters.given("penalty") ? parameters.choice("penalty", "none") : "l2";
    double share = share(penalty, parameters);
    this.lasso = penalty.equals("none") ? 0 : share;
    this.ridge = penalty.equals("none") ? 0 : 1 - share;
    this.intercept = LinearParameters.intercept(parameters);
    this.p = table.width();
    this.outputs = outputs;
    this.mean = new double[p];
    this.scale = new double[p];
    this.scores = new double[outputs];
    this.scaled = new double[p];
    findScales();
  }

  /** "balanced" means the two sides of each score, as in scikit-learn. */
  private static double @Nullable [] rowWeights(
      TrainingTable table, double[] labels, int outputs, Parameters parameters) {
    if (outputs > 1 || !(parameters.raw("class_weight") instanceof String)) {
      return ClassWeights.ofRows(table, parameters);
    }
    double ones = Arrays.stream(labels).sum();
    double zeros = labels.length - ones;
    double[] weights = new double[labels.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = table.weight(i) * labels.length / (2 * (labels[i] == 1 ? ones : zeros));
    }
    return weights;
  }

  /** How much of the penalty is absolute. */
  private static double share(String penalty, Parameters parameters) {
    if (penalty.equals("elasticnet") && !parameters.has("l1_ratio")) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "penalty \"elasticnet\" needs l1_ratio",
          "Give l1_ratio from 0 (all squared) to 1 (all absolute).");
    }
    return switch (penalty) {
      case "l1" -> 1;
      case "elasticnet" -> parameters.real("l1_ratio", 0);
      default -> 0;
    };
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    String classes = parameters.choice("multi_class", "auto");
    if (table.classCount() > 2) {
      return classes.equals("ovr")
          ? oneVersusRest(table, parameters, context)
          : fit(table, table.y(), table.classCount(), Link.SOFTMAX, parameters, context);
    }
    if (classes.equals("multinomial")) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "multi_class \"multinomial\" needs more than two classes",
          "Leave multi_class out.");
    }
    return fit(table, table.y(), 1, Link.LOGISTIC, parameters, context);
  }

  private static LinearModel fit(
      TrainingTable table,
      double[] labels,
      int outputs,
      Link link,
      Parameters parameters,
      FitContext context) {
    LogisticTrainer trainer = new LogisticTrainer(table, labels, outputs, parameters, context);
    return trainer.model(trainer.minimise(), link);
  }

  private static LinearModel oneVersusRest(
      TrainingTable table, Parameters parameters, FitContext context) {
    int p = table.width();
    double[] weights = new double[table.classCount() * p];
    double[] intercepts = new double[table.classCount()];
    for (int k = 0; k < intercepts.length; k++) {
      int positive = k;
      double[] own = Arrays.stream(table.y()).map(y -> y == positive ? 1 : 0).toArray();
      LogisticTrainer trainer = new LogisticTrainer(table, own, 1, parameters, context);
      trainer.unscale(trainer.minimise(), weights, k * p, intercepts, k);
      context.progress().progress("classes", k + 1, intercepts.length);
    }
    return LinearModel.fitted(table.info(), Link.ONE_VS_REST, weights, intercepts);
  }

  private double[] minimise() {
    double tolerance = parameters.real("tol", 1e-4);
    if (lasso == 0) {
      int steps = parameters.whole("max_iter", DEFAULT_MAX_ITERATIONS);
      return Lbfgs.minimise(this::loss, new double[outputs * (p + 1)], steps, tolerance);
    }
    double[] price = new double[outputs * (p + 1)];
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < p; j++) {
        price[k * (p + 1) + j] = lasso / scale[j];
      }
    }
    int steps = parameters.whole("max_iter", DEFAULT_MAX_PROXIMAL);
    return ProximalGradient.minimise(this::loss, price, steps, tolerance);
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
        penalty += ridge * w * w;
        gradient[at + j] = c * gradient[at + j] + ridge * w / scale[j];
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
    int label = (int) labels[row];
    double counts = rowWeights == null ? 1 : rowWeights[row];
    double loss = counts * (outputs == 1 ? binary(label) : multinomial(label));
    for (int k = 0; k < outputs; k++) {
      int at = k * (p + 1);
      double slope = counts * scores[k];
      for (int j = 0; j < p; j++) {
        gradient[at + j] += slope * scaled[j];
      }
      gradient[at + p] += slope;
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

  private LinearModel model(double[] v, Link link) {
    double[] weights = new double[outputs * p];
    double[] intercepts = new double[outputs];
    unscale(v, weights, 0, intercepts, 0);
    return LinearModel.fitted(table.info(), link, weights, intercepts);
  }

  /** Brings weights and intercepts back to the columns as they were. */
  private void unscale(double[] v, double[] weights, int at, double[] intercepts, int first) {
    for (int k = 0; k < outputs; k++) {
      int from = k * (p + 1);
      intercepts[first + k] = v[from + p];
      for (int j = 0; j < p; j++) {
        double w = v[from + j] / scale[j];
        weights[at + k * p + j] = w;
        intercepts[first + k] -= w * mean[j];
      }
    }
  }
}
