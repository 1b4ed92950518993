package org.pglynx.ml.bayes;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Naive Bayes of counts (McCallum, Nigam 1998; complement: Rennie et al. 2003), smoothed as in
 * scikit-learn. All are linear in the features.
 */
final class CountingTrainers {
  private static final List<ParameterSpec> SMOOTHED =
      List.of(ParameterSpec.atLeast("alpha", 0), ParameterSpec.flag("force_alpha"));
  private static final List<ParameterSpec> PRIORS =
      List.of(ParameterSpec.flag("fit_prior"), ClassPriors.spec("class_prior"));

  static final List<ParameterSpec> MULTINOMIAL = joined(SMOOTHED, PRIORS);
  static final List<ParameterSpec> COMPLEMENT =
      joined(MULTINOMIAL, List.of(ParameterSpec.flag("norm")));
  static final List<ParameterSpec> BERNOULLI =
      joined(MULTINOMIAL, List.of(ParameterSpec.number("binarize").orNull()));

  /** scikit-learn raises a smaller alpha to this, unless told not to. */
  private static final double LEAST_ALPHA = 1e-10;

  private static final int ROWS_BETWEEN_CHECKS = 4096;

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final int p;
  private final int classes;
  private final double alpha;

  private CountingTrainers(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.p = table.width();
    this.classes = table.classCount();
    double given = parameters.real("alpha", 1);
    this.alpha = parameters.flag("force_alpha", false) ? given : Math.max(given, LEAST_ALPHA);
  }

  static StoredModel multinomial(TrainingTable table, Parameters parameters, FitContext context) {
    return new CountingTrainers(table, parameters, context).multinomial();
  }

  static StoredModel complement(TrainingTable table, Parameters parameters, FitContext context) {
    return new CountingTrainers(table, parameters, context).complement();
  }

  static StoredModel bernoulli(TrainingTable table, Parameters parameters, FitContext context) {
    return new CountingTrainers(table, parameters, context).bernoulli();
  }

  private StoredModel multinomial() {
    double[] counts = counts(Float.NaN);
    double[] weights = new double[counts.length];
    for (int c = 0; c < classes; c++) {
      double total = sum(counts, c) + alpha * p;
      for (int at = c * p; at < (c + 1) * p; at++) {
        weights[at] = logRatio(counts[at] + alpha, total);
      }
    }
    return LinearScores.of(table.info(), weights, logPriors());
  }

  private StoredModel complement() {
    double[] counts = counts(Float.NaN);
    double[] weights = new double[counts.length];
    for (int c = 0; c < classes; c++) {
      double[] others = new double[p];
      for (int at = 0; at < counts.length; at++) {
        others[at % p] += at / p == c ? 0 : counts[at];
      }
      double total = Arrays.stream(others).sum() + alpha * p;
      double[] logs = Arrays.stream(others).map(o -> logRatio(o + alpha, total)).toArray();
      double norm = parameters.flag("norm", false) ? Arrays.stream(logs).sum() : -1;
      for (int j = 0; j < p; j++) {
        weights[c * p + j] = logs[j] / norm;
      }
    }
    return LinearScores.of(table.info(), weights, new double[classes]);
  }

  private StoredModel bernoulli() {
    boolean asIs = parameters.given("binarize") && !parameters.has("binarize");
    float threshold = asIs ? Float.NaN : (float) parameters.real("binarize", 0);
    double[] counts = counts(threshold);
    double[] rows = ClassPriors.counts(table);
    double[] weights = new double[counts.length];
    double[] intercepts = logPriors();
    for (int at = 0; at < counts.length; at++) {
      double total = rows[at / p] + 2 * alpha;
      double absent = logRatio(total - counts[at] - alpha, total);
      weights[at] = logRatio(counts[at] + alpha, total) - absent;
      intercepts[at / p] += absent;
    }
    return LinearScores.ofBinary(table.info(), weights, intercepts, threshold);
  }

  /** Sums of each feature in each class; of 0 and 1 when there is a threshold. */
  private double[] counts(float threshold) {
    double[] counts = new double[classes * p];
    boolean binary = !Float.isNaN(threshold);
    for (int i = 0; i < table.rows(); i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        context.cancel().check();
      }
      int at = (int) table.y()[i] * p;
      for (int j = 0; j < p; j++) {
        float value = table.feature(i, j);
        counts[at + j] +=
            table.weight(i) * (binary ? (value > threshold ? 1 : 0) : count(j, value));
      }
    }
    return counts;
  }

  private float count(int feature, float value) {
    if (value >= 0) {
      return value;
    }
    throw new MlException(
        Kind.BAD_DATA,
        "feature \"%s\" has the value %s, and algorithm \"%s\" learns from counts of at least 0"
            .formatted(table.info().features().get(feature), value, table.info().algorithm()),
        "Use 'gaussian_naive_bayes' for measured values, or preprocess to a range from 0.");
  }

  private double[] logPriors() {
    if (!parameters.has("class_prior") && !parameters.flag("fit_prior", true)) {
      double[] even = new double[classes];
      Arrays.fill(even, -Math.log(classes));
      return even;
    }
    return Arrays.stream(ClassPriors.of(table, parameters, "class_prior"))
        .map(CountingTrainers::log)
        .toArray();
  }

  private double sum(double[] counts, int c) {
    return Arrays.stream(counts, c * p, (c + 1) * p).sum();
  }

  private static double logRatio(double part, double total) {
    return log(part) - log(total);
  }

  /** Never infinite: what was never seen is as improbable as a number can say. */
  private static double log(double value) {
    return Math.log(Math.max(value, Double.MIN_NORMAL));
  }

  private static List<ParameterSpec> joined(List<ParameterSpec> a, List<ParameterSpec> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }
}
