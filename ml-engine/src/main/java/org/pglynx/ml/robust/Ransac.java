package org.pglynx.ml.robust;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.NumpyRandom;
import org.pglynx.ml.linear.LinearModel;
import org.pglynx.ml.linear.LinearParameters;
import org.pglynx.ml.linear.OrdinaryLeastSquares;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Random sample consensus (Fischler, Bolles 1981) over least squares, with scikit-learn's draws and
 * rules: models of a few rows are tried, the one that most rows agree with names the rows from
 * which the model is fitted.
 */
final class Ransac {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          new ParameterSpec(
              "min_samples",
              List.of(),
              new Domain.Either(
                  new Domain.Whole(1, Integer.MAX_VALUE, true), new Domain.Real(0, false, 1))),
          ParameterSpec.atLeast("residual_threshold", 0).orNull(),
          ParameterSpec.whole("max_trials", 1, 10_000_000),
          ParameterSpec.whole("max_skips", 0, Integer.MAX_VALUE),
          ParameterSpec.atLeast("stop_n_inliers", 0),
          ParameterSpec.number("stop_score"),
          ParameterSpec.between("stop_probability", 0, 1),
          ParameterSpec.choice("loss", "absolute_error", "squared_error"),
          LinearParameters.RANDOM_STATE);

  private static final double EPSILON = 0x1.0p-52;
  private static final int ROWS_BETWEEN_CHECKS = 4096;

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final int sample;
  private final double threshold;
  private final boolean squared;
  private int bestCount = 1;
  private double bestScore = Double.NEGATIVE_INFINITY;
  private int @Nullable [] bestRows;

  private Ransac(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.sample = sampleSize();
    this.threshold = parameters.real("residual_threshold", medianDeviation(table.y()));
    this.squared = parameters.choice("loss", "absolute_error").equals("squared_error");
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    return new Ransac(table, parameters, context).run();
  }

  private int sampleSize() {
    int wanted =
        switch (parameters.raw("min_samples")) {
          case Long count -> (int) (long) count;
          case Double share -> (int) Math.ceil(share * table.rows());
          case null, default -> table.width() + 1;
        };
    if (wanted > table.rows()) {
      throw new MlException(
          Kind.BAD_DATA,
          "ransac needs %d rows at a time to fit, but there are only %d"
              .formatted(wanted, table.rows()),
          "Give more rows, fewer features or a smaller min_samples.");
    }
    return wanted;
  }

  private StoredModel run() {
    NumpyRandom random = new NumpyRandom(LinearParameters.seed(parameters, context));
    double trials = parameters.whole("max_trials", 100);
    int maxSkips = parameters.whole("max_skips", Integer.MAX_VALUE);
    double enough = parameters.real("stop_n_inliers", Double.POSITIVE_INFINITY);
    double good = parameters.real("stop_score", Double.POSITIVE_INFINITY);
    int skipped = 0;
    for (int trial = 0; trial < trials && skipped <= maxSkips; trial++) {
      context.cancel().check();
      switch (attempt(random.sample(table.rows(), sample))) {
        case FEWER_AGREE -> skipped++;
        case NO_BETTER -> {}
        case BETTER -> {
          trials = Math.min(trials, trialsFor(bestCount));
          if (bestCount >= enough || bestScore >= good) {
            trials = 0;
          }
        }
      }
    }
    int[] rows = bestRows;
    if (rows == null) {
      throw new MlException(
          Kind.BAD_DATA,
          "ransac found no rows that agree with each other",
          "Raise residual_threshold (it was %s) or max_trials.".formatted(threshold));
    }
    return OrdinaryLeastSquares.fit(table.select(rows), true, context.cancel());
  }

  private enum Outcome {
    FEWER_AGREE,
    NO_BETTER,
    BETTER
  }

  private Outcome attempt(int[] subset) {
    LinearModel model = OrdinaryLeastSquares.fit(table.select(subset), true, context.cancel());
    double[] predicted = predict(model);
    int[] agreeing = new int[table.rows()];
    int count = 0;
    for (int i = 0; i < predicted.length; i++) {
      double off = Math.abs(table.y()[i] - predicted[i]);
      if ((squared ? off * off : off) <= threshold) {
        agreeing[count++] = i;
      }
    }
    if (count < bestCount) {
      return Outcome.FEWER_AGREE;
    }
    double score = r2(predicted, agreeing, count);
    if (count == bestCount && score < bestScore) {
      return Outcome.NO_BETTER;
    }
    bestCount = count;
    bestScore = score;
    bestRows = Arrays.copyOf(agreeing, count);
    return Outcome.BETTER;
  }

  private double r2(double[] predicted, int[] rows, int count) {
    double mean = 0;
    for (int k = 0; k < count; k++) {
      mean += table.y()[rows[k]] / count;
    }
    double off = 0;
    double spread = 0;
    for (int k = 0; k < count; k++) {
      double label = table.y()[rows[k]];
      off += (label - predicted[rows[k]]) * (label - predicted[rows[k]]);
      spread += (label - mean) * (label - mean);
    }
    return spread == 0 ? (off == 0 ? 1 : 0) : 1 - off / spread;
  }

  /** How many trials find a sample without outliers, as likely as asked for. */
  private double trialsFor(int agreeing) {
    double share = agreeing / (double) table.rows();
    double miss = Math.max(EPSILON, 1 - parameters.real("stop_probability", 0.99));
    double spoiled = Math.max(EPSILON, 1 - Math.pow(share, sample));
    if (miss == 1) {
      return 0;
    }
    return spoiled == 1
        ? Double.POSITIVE_INFINITY
        : Math.abs(Math.ceil(Math.log(miss) / Math.log(spoiled)));
  }

  /** The median absolute deviation from the median. */
  private static double medianDeviation(double[] labels) {
    double median = median(labels);
    return median(Arrays.stream(labels).map(y -> Math.abs(y - median)).toArray());
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** Predictions for all rows in double precision. */
  private double[] predict(LinearModel model) {
    double[] weights = model.weights();
    double[] predicted = new double[table.rows()];
    Arrays.fill(predicted, model.intercepts()[0]);
    for (int i = 0; i < predicted.length; i++) {
      if (i % ROWS_BETWEEN_CHECKS == 0) {
        context.cancel().check();
      }
      for (int j = 0; j < weights.length; j++) {
        predicted[i] += weights[j] * table.feature(i, j);
      }
    }
    return predicted;
  }
}
