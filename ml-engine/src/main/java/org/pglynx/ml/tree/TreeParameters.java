package org.pglynx.ml.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;

/** The hyperparameters that all tree algorithms share, under scikit-learn's names. */
final class TreeParameters {
  static final ParameterSpec TREES = ParameterSpec.whole("n_estimators", 1, 100_000);
  static final ParameterSpec MAX_DEPTH = ParameterSpec.wholeOrNull("max_depth", 1, 1_000_000);
  static final ParameterSpec MIN_SPLIT =
      ParameterSpec.whole("min_samples_split", 2, Integer.MAX_VALUE);
  static final ParameterSpec MIN_LEAF =
      ParameterSpec.whole("min_samples_leaf", 1, Integer.MAX_VALUE);
  static final ParameterSpec MAX_FEATURES =
      new ParameterSpec("max_features", List.of(), new Domain.FeatureShare());
  static final ParameterSpec RANDOM_STATE =
      ParameterSpec.wholeOrNull("random_state", 0, Long.MAX_VALUE / 2, "seed");
  static final ParameterSpec JOBS = ParameterSpec.wholeOrNull("n_jobs", -1, 1024);

  private TreeParameters() {}

  static TreeSettings settings(
      Parameters parameters, int width, int depth, @Nullable Object features, boolean random) {
    Object wanted = parameters.given("max_features") ? parameters.raw("max_features") : features;
    int maxDepth =
        parameters.given("max_depth") && !parameters.has("max_depth")
            ? Integer.MAX_VALUE
            : parameters.whole("max_depth", depth);
    return new TreeSettings(
        maxDepth,
        parameters.whole("min_samples_split", 2),
        parameters.whole("min_samples_leaf", 1),
        featureCount(wanted, width),
        random);
  }

  /** scikit-learn's meaning of max_features; null is all. */
  private static int featureCount(@Nullable Object wanted, int width) {
    double count =
        switch (wanted) {
          case null -> width;
          case String name when name.equals("sqrt") -> Math.sqrt(width);
          case String _ -> Math.log(width) / Math.log(2);
          case Double share -> share * width;
          case Number number -> number.doubleValue();
          default -> throw new IllegalStateException("max_features " + wanted);
        };
    return (int) Math.max(1, Math.min(width, Math.floor(count)));
  }

  static int threads(Parameters parameters, FitContext context) {
    int wanted = parameters.whole("n_jobs", -1);
    return wanted > 0 ? Math.min(wanted, context.threads()) : context.threads();
  }

  static long seed(Parameters parameters, FitContext context) {
    return parameters.longWhole("random_state", context.seed());
  }
}
