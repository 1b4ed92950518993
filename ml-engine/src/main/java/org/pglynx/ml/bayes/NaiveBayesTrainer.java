package org.pglynx.ml.bayes;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;

/** Gaussian naive Bayes with scikit-learn's variance smoothing. */
final class NaiveBayesTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(ParameterSpec.atLeast("var_smoothing", 0), ClassPriors.spec("priors"));

  private static final int ROWS_BETWEEN_CHECKS = 4096;

  private NaiveBayesTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    context.cancel().check();
    int p = table.width();
    int classes = table.classCount();
    double[] count = ClassPriors.counts(table);
    double[] mean = new double[classes * p];
    for (int i = 0; i < table.rows(); i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        context.cancel().check();
      }
      int c = (int) table.y()[i];
      for (int j = 0; j < p; j++) {
        mean[c * p + j] += table.weight(i) * table.feature(i, j);
      }
    }
    for (int at = 0; at < mean.length; at++) {
      mean[at] = share(mean[at], count[at / p]);
    }
    double floor = parameters.real("var_smoothing", 1e-9) * largestVariance(table);
    double[] variance = variances(table, count, mean, Math.max(floor, Double.MIN_NORMAL));
    return new NaiveBayesModel(
        table.info(),
        logPriors(ClassPriors.of(table, parameters, "priors"), variance, p),
        mean,
        variance);
  }

  private static double[] variances(
      TrainingTable table, double[] count, double[] mean, double floor) {
    int p = table.width();
    double[] variance = new double[mean.length];
    for (int i = 0; i < table.rows(); i++) {
      int c = (int) table.y()[i];
      for (int j = 0; j < p; j++) {
        double d = table.feature(i, j) - mean[c * p + j];
        variance[c * p + j] += table.weight(i) * d * d;
      }
    }
    for (int at = 0; at < variance.length; at++) {
      variance[at] = share(variance[at], count[at / p]) + floor;
    }
    return variance;
  }

  /** Log prior and the logarithm of the densities' constant. */
  private static double[] logPriors(double[] shares, double[] variance, int p) {
    double[] prior = new double[shares.length];
    for (int c = 0; c < prior.length; c++) {
      prior[c] = Math.log(Math.max(shares[c], Double.MIN_NORMAL));
      for (int j = 0; j < p; j++) {
        prior[c] -= Math.log(2 * Math.PI * variance[c * p + j]) / 2;
      }
    }
    return prior;
  }

  /** Of a class without weight nothing is known. */
  private static double share(double sum, double count) {
    return count > 0 ? sum / count : 0;
  }

  private static double largestVariance(TrainingTable table) {
    double largest = 0;
    for (int j = 0; j < table.width(); j++) {
      double sum = 0;
      for (int i = 0; i < table.rows(); i++) {
        sum += table.feature(i, j);
      }
      double mean = sum / table.rows();
      double squares = 0;
      for (int i = 0; i < table.rows(); i++) {
        double d = table.feature(i, j) - mean;
        squares += d * d;
      }
      largest = Math.max(largest, squares / table.rows());
    }
    return largest;
  }
}
