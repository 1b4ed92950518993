package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Cells;

class RowWeightsTest {
  private static final List<ColumnSpec> WEIGHTED =
      List.of(
          ColumnSpec.weight("w"),
          ColumnSpec.feature("x"),
          ColumnSpec.label("y", ColumnSpec.Type.NUMBER));

  private final MlEngine engine = new MlEngine(new EngineSettings(1, 1 << 30));

  @ParameterizedTest
  @ValueSource(strings = {"linear", "ridge", "xgboost", "lightgbm"})
  void aRowOfWeightThreeCountsAsThreeRows(String algorithm) {
    List<@Nullable Object[]> weighted = new ArrayList<>();
    List<@Nullable Object[]> repeated = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      double y = i % 7 + (i % 3 == 0 ? 5 : 0);
      int weight = i % 3 == 0 ? 3 : 1;
      weighted.add(Cells.row(weight, i, y));
      for (int copy = 0; copy < weight; copy++) {
        repeated.add(Cells.row(1, i, y));
      }
    }

    // With bounds on the number of rows out of the way, which copies would reach earlier.
    Map<String, Object> hyperparams =
        algorithm.equals("lightgbm") ? Map.of("min_child_samples", 1) : Map.of();
    Model one = train(Task.REGRESSION, algorithm, data(weighted), hyperparams).model();
    Model other = train(Task.REGRESSION, algorithm, data(repeated), hyperparams).model();

    assertThat(one.featureNames()).containsExactly("x");
    for (float x = 0; x < 60; x += 7) {
      assertThat((double) one.predict(new float[] {x}, 0))
          .isCloseTo(
              other.predict(new float[] {x}, 0), within(algorithm.equals("lightgbm") ? 0.5 : 1e-3));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "lightgbm"})
  void classesAreBalancedByTheWeightsOfTheirRows(String algorithm) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      rows.add(Cells.row(1, i % 4, i % 20 == 0 ? 1 : 0)); // only where x is 0, and rarely there
    }
    DataSet data = data(rows);

    Model plain = train(Task.CLASSIFICATION, algorithm, data, Map.of()).model();
    Model balanced =
        train(Task.CLASSIFICATION, algorithm, data, Map.of("class_weight", "balanced")).model();
    Model named =
        train(
                Task.CLASSIFICATION,
                algorithm,
                data,
                Map.of("class_weight", Map.of("0", 10 / 19.0, "1", 10.0)))
            .model();

    assertThat(plain.predict(new float[] {0}, 0)).isZero();
    assertThat(balanced.predict(new float[] {0}, 0)).isOne();
    assertThat(engine.encode(named)).isEqualTo(engine.encode(balanced));
  }

  @Test
  void algorithmsWithoutWeightsAreRefusedByName() {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add(Cells.row(1, i, i));
    }

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> train(Task.REGRESSION, "knn", data(rows), Map.of()))
        .withMessage("algorithm \"knn\" takes no weights of rows");
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> engine.checkWeighted(Task.CLASSIFICATION, "knn"))
        .withMessage("algorithm \"knn\" takes no weights of rows");
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(
            () -> engine.check(Task.CLASSIFICATION, "knn", Map.of("class_weight", "balanced")))
        .withMessage("unknown hyperparameter \"class_weight\" for algorithm \"knn\"");
  }

  @Test
  void whatIsNoWeightIsRefused() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> data(List.of(Cells.row(-1, 1, 1), Cells.row(Double.NaN, 2, 2))))
        .withMessage("2 weights in \"w\" are negative, NaN or infinite");
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> data(List.of(Cells.row(null, 1, 1), Cells.row(1, 2, 2))))
        .withMessage("1 values of the weight column \"w\" are NULL");
    DataSet nothing = data(List.of(Cells.row(0, 1, 1), Cells.row(0, 2, 2), Cells.row(0, 3, 3)));
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> train(Task.REGRESSION, "linear", nothing, Map.of()))
        .withMessage("the weights of the training rows are all 0");
  }

  private static DataSet data(List<@Nullable Object[]> rows) {
    return Cells.of(WEIGHTED, rows.toArray(Object[][]::new));
  }

  private TrainedModel train(
      Task task, String algorithm, DataSet data, Map<String, @Nullable Object> hyperparams) {
    return engine.train(
        new TrainingRequest(
            task, algorithm, hyperparams, data, 0, Sampling.LAST, 1, Optional.empty()),
        ProgressListener.NONE,
        CancelToken.NEVER);
  }
}
