package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.catalog.Catalogue;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Task;

/** The algorithms that take part in a contest, those that usually cost least first. */
final class Contenders {
  /** By the time of a fit on some thousand rows; a name that is not here comes last. */
  private static final List<String> BY_COST =
      List.of(
          "linear",
          "ridge",
          "lasso",
          "elastic_net",
          "least_angle",
          "lasso_least_angle",
          "orthogonal_matching_pursuit",
          "bayesian_ridge",
          "gaussian_naive_bayes",
          "linear_discriminant_analysis",
          "quadratic_discriminant_analysis",
          "pca",
          "kmeans",
          "mini_batch_kmeans",
          "knn",
          "stochastic_gradient_descent",
          "perceptron",
          "passive_aggressive",
          "lightgbm",
          "xgboost",
          "hist_gradient_boosting",
          "xgboost_random_forest",
          "extra_trees",
          "bagging",
          "random_forest",
          "ada_boost",
          "gradient_boosting_trees",
          "mlp",
          "huber",
          "linear_svm",
          "automatic_relevance_determination",
          "ransac",
          "birch",
          "svm",
          "nu_svm",
          "kernel_ridge",
          "quantile",
          "theil_sen",
          "mean_shift",
          "affinity_propagation",
          "gaussian_process");

  /** Shorter names of others that take part. */
  private static final Set<String> ALIASES = Set.of("lda", "qda");

  private Contenders() {}

  /**
   * The algorithms.
   *
   * @throws MlException of kind UNKNOWN_ALGORITHM, UNSUPPORTED_TASK or BAD_ARGUMENT when one that
   *     was named cannot take part
   */
  static List<Algorithm> of(Catalogue catalogue, Task task, AutoRequest request) {
    List<Algorithm> found = new ArrayList<>();
    for (String name : request.algorithms()) {
      Algorithm algorithm = catalogue.find(name);
      algorithm.check(task, Map.of());
      if (!found.contains(algorithm)) {
        found.add(algorithm);
      }
    }
    if (found.isEmpty()) {
      found =
          catalogue.all().stream()
              .filter(algorithm -> algorithm.tasks().contains(task))
              .filter(algorithm -> !ALIASES.contains(algorithm.name()))
              .collect(Collectors.toCollection(ArrayList::new));
    }
    if (found.isEmpty()) {
      throw new MlException(Kind.UNSUPPORTED_TASK, "no algorithm serves task " + task.sqlName());
    }
    found.sort(Comparator.comparingInt(Contenders::cost));
    return found;
  }

  private static int cost(Algorithm algorithm) {
    int cost = BY_COST.indexOf(algorithm.name());
    return cost < 0 ? BY_COST.size() : cost;
  }
}
