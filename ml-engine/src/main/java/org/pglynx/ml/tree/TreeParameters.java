package org.pglynx.ml.tree;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.data.SeededRandom;

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

  static final ParameterSpec MAX_LEAVES =
      ParameterSpec.wholeOrNull("max_leaf_nodes", 2, Integer.MAX_VALUE);
  static final ParameterSpec MIN_DECREASE = ParameterSpec.atLeast("min_impurity_decrease", 0);
  static final ParameterSpec MIN_LEAF_WEIGHT =
      new ParameterSpec("min_weight_fraction_leaf", List.of(), new Domain.Real(0, true, 0.5));
  static final ParameterSpec REGRESSION_CRITERION =
      ParameterSpec.choice("criterion", "squared_error", "friedman_mse", "poisson");
  static final ParameterSpec CLASS_CRITERION =
      ParameterSpec.choice("criterion", "gini", "entropy", "log_loss");

  /** What every tree has. */
  static final List<ParameterSpec> SHAPE =
      List.of(
          MAX_DEPTH,
          MAX_LEAVES,
          MIN_SPLIT,
          MIN_LEAF,
          MIN_LEAF_WEIGHT,
          MIN_DECREASE,
          MAX_FEATURES,
          RANDOM_STATE);

  private TreeParameters() {}

  /** Lists one behind the other. */
  static List<ParameterSpec> join(List<ParameterSpec> first, ParameterSpec... more) {
    List<ParameterSpec> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  /** Seeds of numbered trees. */
  static SeededRandom random(long seed, int number) {
    return new SeededRandom(new SeededRandom(seed + number).nextLong());
  }

  /** A tree of that depth, all features and rows, squared error or Gini. */
  static TreeSettings plain(int depth, int width) {
    return new TreeSettings(depth, 0, 2, 1, 0, 0, width, false, Criterion.SQUARED);
  }

  static TreeSettings settings(
      Parameters parameters, int width, int depth, @Nullable Object features, boolean random) {
    Object wanted = parameters.given("max_features") ? parameters.raw("max_features") : features;
    int maxDepth =
        parameters.given("max_depth") && !parameters.has("max_depth")
            ? Integer.MAX_VALUE
            : parameters.whole("max_depth", depth);
    return new TreeSettings(
        maxDepth,
        parameters.whole("max_leaf_nodes", 0),
        parameters.whole("min_samples_split", 2),
        parameters.whole("min_samples_leaf", 1),
        parameters.real("min_weight_fraction_leaf", 0),
        parameters.real("min_impurity_decrease", 0),
        featureCount(wanted, width),
        random,
        criterion(parameters.choice("criterion", "squared_error")));
  }

  private static Criterion criterion(String name) {
    return switch (name) {
      case "poisson" -> Criterion.POISSON;
      case "entropy", "log_loss" -> Criterion.ENTROPY;
      default -> Criterion.SQUARED;
    };
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
