package org.pglynx.ml.linear;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.linear.WeightedSums.Case;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;

/** Tables that are hard to learn from give a finite model or an error that says why. */
class DegenerateTablesTest {
  private static final FitContext CONTEXT =
      new FitContext(3, 1, CancelToken.NEVER, ProgressListener.NONE);

  static Stream<Arguments> tables() {
    return WeightedSums.cases()
        .flatMap(
            c -> shapes().entrySet().stream().map(e -> Arguments.of(c, e.getKey(), e.getValue())));
  }

  private static Map<String, float[][]> shapes() {
    Map<String, float[][]> shapes = new TreeMap<>();
    shapes.put("constant column", with(WeightedSums.random(40, 3, 1), 1, 5));
    shapes.put("column of zeros", with(WeightedSums.random(40, 3, 1), 2, 0));
    shapes.put("all zeros", new float[40][3]);
    shapes.put("one column", WeightedSums.random(40, 1, 1));
    shapes.put("equal columns", twin(WeightedSums.random(40, 3, 1)));
    shapes.put("fewer rows than columns", WeightedSums.random(6, 12, 1));
    shapes.put("three rows", WeightedSums.random(3, 2, 1));
    shapes.put("huge", WeightedSums.random(40, 3, 1e30));
    shapes.put("tiny", WeightedSums.random(40, 3, 1e-30));
    shapes.put("one huge column", scaled(WeightedSums.random(40, 3, 1), 1, 1e20f));
    return shapes;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("tables")
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void the_model_is_finite_or_the_error_is_clear(Case of, String shape, float[][] x) {
    for (int classes = 2; classes <= 3; classes++) {
      assertFiniteOrRefused(of, WeightedSums.table(of, x, WeightedSums.labels(of, x, classes)));
    }
  }

  @ParameterizedTest
  @MethodSource("org.pglynx.ml.linear.WeightedSums#cases")
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_class_of_one_row_and_constant_labels_are_learnt(Case of) {
    float[][] x = WeightedSums.random(40, 3, 1);
    double[] labels = new double[40];
    labels[7] = of.task() == Task.CLASSIFICATION ? 1 : 0;

    assertFiniteOrRefused(of, WeightedSums.table(of, x, labels));
  }

  private static void assertFiniteOrRefused(Case of, TrainingTable table) {
    LinearModel model;
    try {
      model = (LinearModel) of.algorithm().fit(table, Map.copyOf(of.hyperparams()), CONTEXT);
    } catch (MlException refused) {
      assertThat(refused.kind()).isIn(Kind.BAD_DATA, Kind.BAD_HYPERPARAMETER);
      assertThat(refused.hint()).isNotBlank();
      return;
    }
    assertThat(Arrays.stream(model.weights())).allMatch(Double::isFinite);
    assertThat(Arrays.stream(model.intercepts())).allMatch(Double::isFinite);
  }

  private static float[][] with(float[][] x, int column, float value) {
    for (float[] row : x) {
      row[column] = value;
    }
    return x;
  }

  private static float[][] twin(float[][] x) {
    for (float[] row : x) {
      row[1] = row[0];
    }
    return x;
  }

  private static float[][] scaled(float[][] x, int column, float factor) {
    for (float[] row : x) {
      row[column] *= factor;
    }
    return x;
  }
}
