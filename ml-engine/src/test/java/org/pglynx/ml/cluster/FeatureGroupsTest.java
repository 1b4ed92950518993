package org.pglynx.ml.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.RandIndex;
import org.pglynx.ml.testing.ReferenceLines;
import org.pglynx.ml.testing.Unlabelled;

class FeatureGroupsTest {
  private static final String NAME = "feature_agglomeration";

  static Stream<ReferenceLines> references() {
    return ReferenceLines.of("projections.csv").filter(line -> line.algorithm().equals(NAME));
  }

  @ParameterizedTest
  @MethodSource("references")
  void features_are_grouped_as_by_scikit_learn(ReferenceLines reference) {
    TrainingTable table = Unlabelled.builtIn(Task.DECOMPOSITION, NAME, reference.data());

    PooledModel model = fit(table, reference.hyperparameters());

    assertThat(RandIndex.adjusted(model.groups(), reference.labels("numbers"))).isEqualTo(1);
  }

  @Test
  void a_component_is_the_mean_of_its_features() {
    TrainingTable table =
        Unlabelled.rows(Task.DECOMPOSITION, NAME, 3, 1, 100, 3, 5, 200, 7, 9, 150, 9);

    PooledModel model = fit(table, Map.of());

    float[] out = new float[2];
    model.outputs(table.x(), 3, out, 0);
    assertThat(out).containsExactly(6, 200);
    assertThat(model.predict(table.x(), 3)).isEqualTo(6);
  }

  @Test
  void a_group_for_each_feature_explains_all_and_one_of_unlike_features_little() {
    TrainingTable table = Unlabelled.rows(Task.DECOMPOSITION, NAME, 2, 1, -1, 2, -2, 4, -4);

    assertThat(Arrays.stream(fit(table, Map.of()).explainedVarianceRatios()).sum())
        .isCloseTo(1, within(1e-12));
    assertThat(fit(table, Map.of("n_clusters", 1)).explainedVarianceRatios()[0])
        .isCloseTo(0, within(1e-12));
  }

  @Test
  void constant_features_give_finite_ratios() {
    TrainingTable table = Unlabelled.rows(Task.DECOMPOSITION, NAME, 2, 5, 5, 5, 5);

    assertThat(fit(table, Map.of()).explainedVarianceRatios()).containsExactly(0, 0);
  }

  @Test
  void what_does_not_fit_is_refused() {
    TrainingTable table = Unlabelled.rows(Task.DECOMPOSITION, NAME, 2, 5, 5, 0, 0);

    assertRefused(table, Map.of("n_clusters", 3));
    assertRefused(table, Map.of("distance_threshold", 3));
    assertRefused(table, Map.of("metric", "cosine"));
    assertRefused(table, Map.of("linkage", "median"));
  }

  @Test
  void too_many_features_are_refused() {
    TrainingTable table = Unlabelled.rows(Task.DECOMPOSITION, NAME, 6000, new float[12_000]);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(table, Map.of()))
        .withMessage("6000 features are too many to compare in pairs")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA));
  }

  private static void assertRefused(
      TrainingTable table, Map<String, @Nullable Object> hyperparameters) {
    Map<String, @Nullable Object> given = new HashMap<>(hyperparameters);
    if (given.containsKey("distance_threshold")) {
      given.put("n_clusters", 2);
    }
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(table, given))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER));
  }

  private static PooledModel fit(
      TrainingTable table, Map<String, @Nullable Object> hyperparameters) {
    return (PooledModel) Fits.fit(table, hyperparameters);
  }
}
