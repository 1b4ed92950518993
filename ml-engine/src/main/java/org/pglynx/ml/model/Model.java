package org.pglynx.ml.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fitted model: immutable and safe to use from any number of threads. A row is {@link
 * #featureCount()} consecutive floats; a missing value is NaN.
 */
public interface Model {
  /** What the model does. */
  Task task();

  /** The SQL name of the algorithm that fitted it. */
  String algorithm();

  /** The names of the features, array columns as {@code name[1]}, {@code name[2]}, …. */
  List<String> featureNames();

  /** The number of floats in a row. */
  default int featureCount() {
    return featureNames().size();
  }

  /** The classes; {@link ClassLabels#NONE} for regression. */
  ClassLabels classes();

  /**
   * Whether NaN in a row means "missing" and is served; otherwise callers must refuse such rows.
   */
  boolean acceptsMissing();

  /**
   * Whether the feature may be missing: NaN where it is a number, {@link Categories#UNSEEN} where
   * it is a category. A NULL category is never missing, it is a category of its own.
   */
  default boolean acceptsMissing(int feature) {
    return acceptsMissing();
  }

  /** The categories of a feature whose value is one of their codes; null where it is a number. */
  default @Nullable Categories categories(int feature) {
    return null;
  }

  /** Whether {@link #predictProba} is served. */
  boolean providesProbabilities();

  /**
   * The prediction for one row: the value for regression, the class <em>index</em> for
   * classification (see {@link ClassLabels#number}), the group's number for clustering, the first
   * component for decomposition, the score for ranking.
   *
   * @param row holds the features from {@code offset} on
   */
  float predict(float[] row, int offset);

  /** How many numbers a row's answer has: targets of a joint model, components of a projection. */
  default int outputCount() {
    return 1;
  }

  /**
   * All numbers of the answer for one row; the first of them is what {@link #predict} gives.
   *
   * @param out gets {@link #outputCount()} numbers from {@code outOffset} on
   */
  default void outputs(float[] row, int offset, float[] out, int outOffset) {
    out[outOffset] = predict(row, offset);
  }

  /**
   * All numbers of the answers for a block of rows.
   *
   * @param rowMajor rows × featureCount floats
   * @param out gets rows × outputCount floats
   */
  default void outputs(float[] rowMajor, int rows, float[] out) {
    int width = featureCount();
    int outputs = outputCount();
    for (int i = 0; i < rows; i++) {
      outputs(rowMajor, i * width, out, i * outputs);
    }
  }

  /**
   * Predictions for a block of rows.
   *
   * @param rowMajor rows × featureCount floats
   * @param out gets one prediction per row
   */
  default void predict(float[] rowMajor, int rows, float[] out) {
    int width = featureCount();
    for (int i = 0; i < rows; i++) {
      out[i] = predict(rowMajor, i * width);
    }
  }

  /**
   * The probability of each class for one row.
   *
   * @param out gets one float per class from {@code outOffset} on
   * @throws MlException of kind UNSUPPORTED_TASK when {@link #providesProbabilities()} is false
   */
  default void predictProba(float[] row, int offset, float[] out, int outOffset) {
    throw new MlException(
        MlException.Kind.UNSUPPORTED_TASK,
        task() == Task.REGRESSION
            ? "You can't predict probabilities for a regression model"
            : "Algorithm \"" + algorithm() + "\" does not predict probabilities",
        "Use pgml.predict, or train with xgboost, random_forest or linear.");
  }

  /**
   * The probabilities of classes for a block of rows.
   *
   * @param rowMajor rows × featureCount floats
   * @param out gets rows × classes floats
   * @throws MlException of kind UNSUPPORTED_TASK when {@link #providesProbabilities()} is false
   */
  default void predictProba(float[] rowMajor, int rows, float[] out) {
    int width = featureCount();
    int classes = classes().count();
    for (int i = 0; i < rows; i++) {
      predictProba(rowMajor, i * width, out, i * classes);
    }
  }

  /**
   * How many scores {@link #explain} takes apart: one, or one per class; 0 when it is not served.
   */
  default int explainedScores() {
    return 0;
  }

  /**
   * Takes the scores of one row apart into what each feature adds to them (SHAP values; Lundberg,
   * Lee 2017). A score is what the model sums before its link: the value for regression, the log
   * odds or the share of a class for classification. For each score there are {@link
   * #featureCount()} contributions and the bias, which together sum to the score.
   *
   * @param out gets {@link #explainedScores()} × (featureCount + 1) numbers
   * @throws MlException of kind UNSUPPORTED_TASK when {@link #explainedScores()} is 0
   */
  default void explain(float[] row, int offset, double[] out) {
    throw new MlException(
        MlException.Kind.UNSUPPORTED_TASK,
        "predictions of algorithm \"" + algorithm() + "\" cannot be explained",
        "Trees, forests and linear models can; train with xgboost, lightgbm or linear.");
  }

  /**
   * How much each feature matters, by the measures that the model knows, the usual one first.
   *
   * @throws MlException of kind UNSUPPORTED_TASK when it knows none
   */
  default List<FeatureImportance> importance() {
    throw new MlException(
        MlException.Kind.UNSUPPORTED_TASK,
        "algorithm \"" + algorithm() + "\" does not tell how much its features matter",
        "Trees, forests and linear models do; train with xgboost, lightgbm or linear.");
  }

  /**
   * Decomposition: the share of the training rows' variance that each component tells, in the order
   * of {@link #outputs}; their sum is the metric cumulative_explained_variance. Empty for a model
   * that cannot say.
   */
  default double[] explainedVarianceRatios() {
    return new double[0];
  }

  /** A close estimate of the heap bytes this model holds, for caches bounded in bytes. */
  long sizeBytes();
}
