package org.pglynx.ml.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.catalog.Catalogue;
import org.pglynx.ml.linear.WeightedSums.Case;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;

class LinearHyperparametersTest {
  private static final FitContext CONTEXT =
      new FitContext(3, 1, CancelToken.NEVER, ProgressListener.NONE);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "least_angle|REGRESSION|{\"n_nonzero_coefs\": 0}",
        "lasso_least_angle|REGRESSION|{\"alpha\": -1}",
        "orthogonal_matching_pursuit|REGRESSION|{\"n_nonzero_coefs\": 7}",
        "bayesian_ridge|REGRESSION|{\"alpha_1\": -1e-6}",
        "bayesian_ridge|REGRESSION|{\"lambda_init\": 0}",
        "automatic_relevance_determination|REGRESSION|{\"threshold_lambda\": 0}",
        "stochastic_gradient_descent|REGRESSION|{\"loss\": \"hinge\"}",
        "stochastic_gradient_descent|REGRESSION|{\"eta0\": 0}",
        "stochastic_gradient_descent|CLASSIFICATION|{\"alpha\": 0}",
        "stochastic_gradient_descent|CLASSIFICATION|{\"learning_rate\": \"constant\"}",
        "stochastic_gradient_descent|CLASSIFICATION|{\"class_weight\": {\"no\": 1}}",
        "stochastic_gradient_descent|CLASSIFICATION|{\"class_weight\": \"even\"}",
        "stochastic_gradient_descent|CLASSIFICATION|{\"validation_fraction\": 1}",
        "stochastic_gradient_descent|CLASSIFICATION|{\"penalty\": \"l3\"}",
        "stochastic_gradient_descent|CLASSIFICATION|{\"average\": 0}",
        "perceptron|CLASSIFICATION|{\"eta0\": 0}",
        "passive_aggressive|CLASSIFICATION|{\"C\": 0}",
        "passive_aggressive|REGRESSION|{\"class_weight\": \"balanced\"}",
        "ransac|REGRESSION|{\"min_samples\": 0}",
        "ransac|REGRESSION|{\"stop_probability\": 1.5}",
        "theil_sen|REGRESSION|{\"n_subsamples\": 2}",
        "theil_sen|REGRESSION|{\"n_subsamples\": 1000}",
        "huber|REGRESSION|{\"epsilon\": 0.9}",
        "quantile|REGRESSION|{\"quantile\": 0}",
        "quantile|REGRESSION|{\"quantile\": 1}",
        "linear_svm|CLASSIFICATION|{\"penalty\": \"l1\"}",
        "linear_svm|CLASSIFICATION|{\"multi_class\": \"crammer_singer\"}",
        "linear_svm|REGRESSION|{\"epsilon\": -1}",
        "linear|CLASSIFICATION|{\"penalty\": \"elasticnet\"}",
        "linear|CLASSIFICATION|{\"solver\": \"liblinear\"}",
        "linear|CLASSIFICATION|{\"multi_class\": \"multinomial\"}",
        "ridge|REGRESSION|{\"class_weight\": \"balanced\"}",
        "lasso|REGRESSION|{\"selection\": \"best\"}",
      })
  void a_bad_value_is_refused(String algorithm, Task task, String hyperparams) {
    MlException refused =
        Objects.requireNonNull(
            catchThrowableOfType(MlException.class, () -> fit(algorithm, task, hyperparams)));

    assertThat(refused.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER);
    assertThat(refused.hint()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "stochastic_gradient_descent|REGRESSION|{\"tol\": null, \"max_iter\": 2, \"penalty\":"
            + " null}",
        "stochastic_gradient_descent|CLASSIFICATION|{\"class_weight\": {\"0\": 2, \"1\": 0}}",
        "stochastic_gradient_descent|CLASSIFICATION|{\"class_weight\": null, \"n_jobs\": -1}",
        "ransac|REGRESSION|{\"min_samples\": null, \"residual_threshold\": null}",
        "ransac|REGRESSION|{\"min_samples\": 0.5}",
        "ridge|REGRESSION|{\"solver\": \"sag\", \"max_iter\": null, \"random_state\": 4}",
        "linear_svm|CLASSIFICATION|{\"class_weight\": {\"0\": 2, \"1\": 0}, \"loss\": \"hinge\"}",
        "linear|CLASSIFICATION|{\"solver\": \"saga\", \"penalty\": \"none\", \"max_iter\": 5}",
        "least_angle|REGRESSION|{\"jitter\": 1e-3, \"random_state\": 1}",
      })
  void a_good_value_is_taken(String algorithm, Task task, String hyperparams) {
    assertThatCode(() -> fit(algorithm, task, hyperparams)).doesNotThrowAnyException();
  }

  private static void fit(String algorithm, Task task, String hyperparams) {
    Map<String, @Nullable Object> parsed = JsonObjects.parse(hyperparams, "hyperparams");
    Case of = new Case(new Catalogue().find(algorithm), task, Map.of());
    float[][] x = WeightedSums.random(60, 4, 1);
    of.algorithm().fit(WeightedSums.table(of, x, WeightedSums.labels(of, x, 2)), parsed, CONTEXT);
  }
}
