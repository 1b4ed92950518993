package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Task;

class CatalogueTest {
  /** The enum pgml.algorithm of PostgresML 2.10. */
  private static final List<String> POSTGRESML =
      List.of(
          ("linear xgboost xgboost_random_forest svm lasso elastic_net ridge kmeans dbscan knn"
                  + " random_forest least_angle lasso_least_angle orthogonal_matching_pursuit"
                  + " bayesian_ridge automatic_relevance_determination"
                  + " stochastic_gradient_descent perceptron passive_aggressive ransac theil_sen"
                  + " huber quantile kernel_ridge gaussian_process nu_svm ada_boost bagging"
                  + " extra_trees gradient_boosting_trees hist_gradient_boosting linear_svm"
                  + " lightgbm transformers affinity_propagation birch feature_agglomeration"
                  + " mini_batch_kmeans mean_shift optics spectral spectral_bi spectral_co"
                  + " catboost pca")
              .split(" "));

  private final Catalogue catalogue = new Catalogue();

  @Test
  void everyNameOfPostgresMlIsKnown() {
    assertThat(POSTGRESML).hasSize(45);
    assertThat(catalogue.all()).extracting(Algorithm::name).containsAll(POSTGRESML);
  }

  @Test
  void aRefusedAlgorithmSaysWhatToUseInstead() {
    MlException refusal =
        failure(() -> catalogue.find("transformers").check(Task.REGRESSION, Map.of()));

    assertThat(refusal.kind()).isEqualTo(Kind.UNKNOWN_ALGORITHM);
    assertThat(refusal).hasMessage("algorithm \"transformers\" is not served");
    assertThat(refusal.hint()).contains("not served");
  }

  @Test
  void everyRefusedAlgorithmHasAHint() {
    catalogue.all().stream()
        .filter(a -> a.tasks().isEmpty())
        .forEach(
            a -> assertThat(failure(() -> a.check(Task.REGRESSION, Map.of())).hint()).isNotBlank());
  }

  @Test
  void anUnknownNameListsWhatIsServed() {
    MlException refusal = failure(() -> catalogue.find("xgbost"));

    assertThat(refusal.kind()).isEqualTo(Kind.UNKNOWN_ALGORITHM);
    assertThat(refusal.hint()).contains("xgboost").contains("ridge").doesNotContain("transformers");
  }

  @Test
  void aTaskTheAlgorithmDoesNotServeIsRefused() {
    MlException refusal =
        failure(() -> catalogue.find("lasso").check(Task.CLASSIFICATION, Map.of()));

    assertThat(refusal.kind()).isEqualTo(Kind.UNSUPPORTED_TASK);
    assertThat(refusal.hint()).isEqualTo("It supports regression.");
  }

  @Test
  void anUnknownHyperparameterListsTheKnownOnes() {
    MlException refusal =
        failure(() -> catalogue.find("xgboost").check(Task.REGRESSION, Map.of("max_dpeth", 3)));

    assertThat(refusal.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER);
    assertThat(refusal)
        .hasMessage("unknown hyperparameter \"max_dpeth\" for algorithm \"xgboost\"");
    assertThat(refusal.hint()).contains("max_depth").contains("eta (learning_rate)");
  }

  @Test
  void oneHyperparameterUnderTwoNamesIsRefused() {
    MlException refusal =
        failure(() ->
            catalogue
                .find("xgboost")
                .check(Task.REGRESSION, Map.of("eta", 0.1, "learning_rate", 0.2)));

    assertThat(refusal).hasMessage("hyperparameter \"eta\" is given twice");
  }

  @ParameterizedTest
  @CsvSource({
    "xgboost,max_depth,-1",
    "xgboost,max_depth,2.5",
    "xgboost,max_depth,six",
    "xgboost,eta,-0.1",
    "xgboost,subsample,0",
    "xgboost,subsample,1.5",
    "xgboost,booster,gbforest",
    "xgboost,tree_method,gpu_hist",
    "lightgbm,boosting,goss",
    "lightgbm,num_leaves,1",
    "xgboost,objective,rank:ndcg",
    "random_forest,max_features,0",
    "random_forest,max_features,auto",
    "random_forest,bootstrap,1",
    "ridge,alpha,-1",
    "knn,n_neighbors,0",
    "knn,p,0.5",
  })
  void aBadValueIsRefusedByName(String algorithm, String name, String value) {
    MlException refusal =
        failure(
            () -> catalogue.find(algorithm).check(Task.REGRESSION, Map.of(name, parsed(value))));

    assertThat(refusal.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER);
    assertThat(refusal.getMessage()).startsWith("invalid value for hyperparameter \"" + name);
    assertThat(refusal.hint()).startsWith("Algorithm \"" + algorithm + "\" expects");
  }

  @ParameterizedTest
  @CsvSource({
    "xgboost,learning_rate,0.1",
    "xgboost,n_estimators,50",
    "xgboost,boost_rounds,50",
    "xgboost,max_depth,6.0",
    "random_forest,max_features,0.5",
    "random_forest,max_features,3",
    "random_forest,max_features,log2",
    "ridge,alpha,0",
    "knn,k,3",
  })
  void aGoodValueIsTaken(String algorithm, String name, String value) {
    assertThatCode(
            () -> catalogue.find(algorithm).check(Task.REGRESSION, Map.of(name, parsed(value))))
        .doesNotThrowAnyException();
  }

  @Test
  void nullIsTakenWhereItMeansNoLimitAndRefusedElsewhere() {
    Map<String, @Nullable Object> depth = new HashMap<>();
    depth.put("max_depth", null);

    assertThatCode(() -> catalogue.find("random_forest").check(Task.REGRESSION, depth))
        .doesNotThrowAnyException();
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> catalogue.find("xgboost").check(Task.REGRESSION, depth))
        .withMessage("invalid value for hyperparameter \"max_depth\": null");
  }

  private static Object parsed(String value) {
    if (value.matches("-?[0-9]+")) {
      return Integer.valueOf(value);
    }
    return value.matches("-?[0-9.]+") ? (Object) Double.valueOf(value) : value;
  }

  private static MlException failure(ThrowingCallable call) {
    return Objects.requireNonNull(catchThrowableOfType(MlException.class, call));
  }
}
