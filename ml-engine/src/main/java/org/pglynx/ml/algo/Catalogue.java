package org.pglynx.ml.algo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;

/**
 * Every algorithm name SQL can say: the served ones of PostgresML, those that it knows and we
 * refuse, and ours.
 */
public final class Catalogue {
  private static final String LINES = "Use 'linear', 'ridge', 'lasso' or 'elastic_net' instead.";
  private static final String KERNELS = "Use 'xgboost', 'random_forest' or 'knn' instead.";
  private static final String BOOSTING = "Use 'xgboost' or 'gradient_boosting_trees' instead.";
  private static final String GROUPS =
      "Clustering is not served; tasks are regression and classification.";
  private static final String PROJECTIONS =
      "Decomposition is not served; tasks are regression and classification.";
  private static final String LANGUAGE =
      "Language models are not served; tasks are regression and classification.";

  private final Map<String, Algorithm> byName;

  /** The catalogue. */
  public Catalogue() {
    this.byName =
        Stream.of(lines(), trees(), neighbours(), refusedLines(), refusedOthers(), ours())
            .flatMap(List::stream)
            .collect(Collectors.toMap(Algorithm::name, a -> a, (a, b) -> a, LinkedHashMap::new));
  }

  /** All algorithms. */
  public List<Algorithm> all() {
    return List.copyOf(byName.values());
  }

  /**
   * The algorithm of that name, be it served or not.
   *
   * @throws MlException of kind UNKNOWN_ALGORITHM when SQL does not know the name
   */
  public Algorithm find(String name) {
    @Nullable Algorithm algorithm = byName.get(name);
    if (algorithm == null) {
      throw new MlException(
          MlException.Kind.UNKNOWN_ALGORITHM,
          "unknown algorithm \"%s\"".formatted(name),
          "Served algorithms: " + served() + ".");
    }
    return algorithm;
  }

  private String served() {
    return byName.values().stream()
        .filter(a -> !a.tasks().isEmpty())
        .map(Algorithm::name)
        .collect(Collectors.joining(", "));
  }

  private static List<Algorithm> lines() {
    return List.of(
        Algorithm.served(
            "linear",
            Recipe.of(LeastSquaresTrainers::linear, LeastSquaresTrainers.LINEAR),
            Recipe.of(LogisticTrainer::fit, LogisticTrainer.PARAMETERS)),
        Algorithm.served(
            "ridge",
            Recipe.of(LeastSquaresTrainers::ridge, LeastSquaresTrainers.RIDGE),
            Recipe.of(LeastSquaresTrainers::ridgeClassifier, LeastSquaresTrainers.RIDGE)),
        Algorithm.served(
            "lasso", Recipe.of(CoordinateDescent::lasso, CoordinateDescent.LASSO), null),
        Algorithm.served(
            "elastic_net",
            Recipe.of(CoordinateDescent::elasticNet, CoordinateDescent.ELASTIC_NET),
            null));
  }

  private static List<Algorithm> trees() {
    return List.of(
        Algorithm.served(
            "xgboost",
            Recipe.withMissing(XgboostTrainer::boosting, XgboostTrainer.REGRESSION),
            Recipe.withMissing(XgboostTrainer::boosting, XgboostTrainer.CLASSIFICATION)),
        Algorithm.served(
            "xgboost_random_forest",
            Recipe.withMissing(XgboostTrainer::forest, XgboostTrainer.FOREST_REGRESSION),
            Recipe.withMissing(XgboostTrainer::forest, XgboostTrainer.FOREST_CLASSIFICATION)),
        both("random_forest", ForestTrainer::randomForest, ForestTrainer.PARAMETERS),
        both("extra_trees", ForestTrainer::extraTrees, ForestTrainer.PARAMETERS),
        both("gradient_boosting_trees", GradientBoosting::fit, GradientBoosting.PARAMETERS),
        both("bagging", ForestTrainer::bagging, ForestTrainer.BAGGING));
  }

  private static List<Algorithm> neighbours() {
    return List.of(both("knn", NeighboursTrainer::fit, NeighboursTrainer.PARAMETERS));
  }

  private static List<Algorithm> ours() {
    return List.of(
        Algorithm.served(
            "gaussian_naive_bayes",
            null,
            Recipe.of(NaiveBayesTrainer::fit, NaiveBayesTrainer.PARAMETERS)));
  }

  private static Algorithm both(String name, Trainer trainer, List<ParameterSpec> parameters) {
    Recipe recipe = Recipe.of(trainer, parameters);
    return Algorithm.served(name, recipe, recipe);
  }

  private static List<Algorithm> refusedLines() {
    return Stream.of(
            "least_angle",
            "lasso_least_angle",
            "orthogonal_matching_pursuit",
            "bayesian_ridge",
            "automatic_relevance_determination",
            "stochastic_gradient_descent",
            "perceptron",
            "passive_aggressive",
            "ransac",
            "theil_sen",
            "huber",
            "quantile",
            "linear_svm")
        .map(name -> Algorithm.refused(name, LINES))
        .toList();
  }

  private static List<Algorithm> refusedOthers() {
    return List.of(
        Algorithm.refused("svm", KERNELS),
        Algorithm.refused("nu_svm", KERNELS),
        Algorithm.refused("kernel_ridge", KERNELS),
        Algorithm.refused("gaussian_process", KERNELS),
        Algorithm.refused("ada_boost", BOOSTING),
        Algorithm.refused("hist_gradient_boosting", BOOSTING),
        Algorithm.refused("lightgbm", BOOSTING),
        Algorithm.refused("catboost", BOOSTING),
        Algorithm.refused("transformers", LANGUAGE),
        Algorithm.refused("pca", PROJECTIONS),
        Algorithm.refused("kmeans", GROUPS),
        Algorithm.refused("dbscan", GROUPS),
        Algorithm.refused("affinity_propagation", GROUPS),
        Algorithm.refused("birch", GROUPS),
        Algorithm.refused("feature_agglomeration", GROUPS),
        Algorithm.refused("mini_batch_kmeans", GROUPS),
        Algorithm.refused("mean_shift", GROUPS),
        Algorithm.refused("optics", GROUPS),
        Algorithm.refused("spectral", GROUPS),
        Algorithm.refused("spectral_bi", GROUPS),
        Algorithm.refused("spectral_co", GROUPS));
  }
}
