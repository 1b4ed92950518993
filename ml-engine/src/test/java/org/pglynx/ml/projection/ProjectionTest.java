package org.pglynx.ml.projection;

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
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.ReferenceLines;
import org.pglynx.ml.testing.Unlabelled;

class ProjectionTest {
  private static final double TOLERANCE = 1e-4;

  static Stream<ReferenceLines> references() {
    return ReferenceLines.of("projections.csv")
        .filter(line -> !line.algorithm().equals("feature_agglomeration"));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("references")
  void numbers_are_those_of_scikit_learn(ReferenceLines reference) {
    TrainingTable table = table(reference.algorithm(), reference.data());

    LinearProjection model = (LinearProjection) fit(table, reference.hyperparameters());

    double[] expected = reference.numbers("numbers");
    String what = reference.text("what");
    switch (what) {
      case "ratios" -> assertClose(model.explainedVarianceRatios(), expected);
      case "components" -> assertClose(unit(model), expected);
      default -> assertClose(outputs(model, table, Integer.parseInt(what.substring(4))), expected);
    }
  }

  @Test
  void predict_is_the_first_component() {
    TrainingTable table = table("pca", "iris");
    Model model = fit(table, Map.of());

    assertThat(model.predict(table.x(), 0)).isEqualTo((float) outputs(model, table, 0)[0]);
    assertThat(model.outputCount()).isEqualTo(4);
  }

  @Test
  void ratios_of_all_components_sum_to_one() {
    Model model = fit(table("pca", "wine"), Map.of());

    assertThat(Arrays.stream(model.explainedVarianceRatios()).sum()).isCloseTo(1, within(1e-12));
  }

  @Test
  void whitened_components_have_variance_one() {
    TrainingTable table = table("pca", "wine");
    Model model = fit(table, Map.of("whiten", true, "n_components", 13));

    double[] squares = new double[13];
    for (int i = 0; i < table.rows(); i++) {
      double[] z = outputs(model, table, i);
      for (int c = 0; c < z.length; c++) {
        squares[c] += z[c] * z[c] / (table.rows() - 1);
      }
    }
    for (double variance : squares) {
      assertThat(variance).isCloseTo(1, within(1e-3));
    }
  }

  @Test
  void many_features_go_another_way_to_the_same_numbers() {
    TrainingTable table = table("pca", "digits");
    Centred data = Centred.of(table);
    PrincipalAxes exact = PrincipalAxes.of(data, context());
    double[][] products = data.products(context());

    for (int c = 0; c < 10; c++) {
      double[] image = new double[64];
      for (int a = 0; a < 64; a++) {
        for (int b = 0; b < 64; b++) {
          image[a] += products[a][b] * exact.axes()[c][b];
        }
      }
      double square = exact.singular()[c] * exact.singular()[c];
      for (int a = 0; a < 64; a++) {
        assertThat(image[a]).isCloseTo(square * exact.axes()[c][a], within(1e-9 * square));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void constant_columns_give_finite_numbers(boolean whiten) {
    TrainingTable table = Unlabelled.rows(Task.DECOMPOSITION, "pca", 2, 5, 1, 5, 1, 5, 1);

    Model model = fit(table, Map.of("whiten", whiten));

    assertThat(model.explainedVarianceRatios()).containsExactly(0, 0);
    assertThat(outputs(model, table, 0)).containsExactly(0, 0);
  }

  @Test
  void one_column_is_itself_without_its_mean() {
    TrainingTable table = Unlabelled.rows(Task.DECOMPOSITION, "pca", 1, 1, 2, 6);

    Model model = fit(table, Map.of());

    assertThat(model.explainedVarianceRatios()).containsExactly(1);
    assertThat(outputs(model, table, 2)[0]).isCloseTo(3, within(1e-6));
  }

  @Test
  void more_components_than_the_data_has_are_refused() {
    assertRefused(table("pca", "iris"), Map.of("n_components", 5), Kind.BAD_HYPERPARAMETER);
    assertRefused(table("pca", "digits/10"), Map.of("n_components", 11), Kind.BAD_HYPERPARAMETER);
  }

  @Test
  void bad_hyperparameters_are_refused() {
    TrainingTable table = table("pca", "iris");
    assertRefused(table, Map.of("n_components", 0), Kind.BAD_HYPERPARAMETER);
    assertRefused(table, Map.of("n_components", 1.5), Kind.BAD_HYPERPARAMETER);
    assertRefused(table, Map.of("n_components", "mle"), Kind.BAD_HYPERPARAMETER);
    assertRefused(table, Map.of("svd_solver", "randomized"), Kind.BAD_HYPERPARAMETER);
  }

  @Test
  void one_row_is_refused() {
    TrainingTable table = Unlabelled.rows(Task.DECOMPOSITION, "pca", 2, 5, 1);

    assertRefused(table, Map.of(), Kind.BAD_DATA);
  }

  @Test
  void too_many_rows_and_features_are_refused_before_memory_is_taken() {
    TrainingTable table = Unlabelled.rows(Task.DECOMPOSITION, "pca", 5000, new float[5000 * 5000]);

    assertRefused(table, Map.of(), Kind.BAD_DATA);
  }

  @Test
  void null_components_mean_all() {
    Map<String, @Nullable Object> hyperparameters = new HashMap<>();
    hyperparameters.put("n_components", null);

    assertThat(fit(table("pca", "wine"), hyperparameters).outputCount()).isEqualTo(13);
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits", "digits/60"})
  void a_cancel_ends_it(String data) {
    int[] asked = {0};
    FitContext context = new FitContext(1, 1, () -> asked[0]++ > 50, ProgressListener.NONE);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(table("pca", data), Map.of(), context))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
    assertThat(asked[0]).isLessThan(60);
  }

  private static void assertRefused(
      TrainingTable table, Map<String, @Nullable Object> hyperparameters, Kind kind) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(table, hyperparameters))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double scale = Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(0));
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("number %d", i).isCloseTo(expected[i], within(TOLERANCE * scale));
    }
  }

  /** The directions with length 1, also of whitened components. */
  private static double[] unit(LinearProjection model) {
    double[] axes = model.axes().clone();
    int width = model.featureCount();
    for (int from = 0; from < axes.length; from += width) {
      double length = Math.sqrt(Arrays.stream(axes, from, from + width).map(v -> v * v).sum());
      for (int at = from; at < from + width; at++) {
        axes[at] /= length;
      }
    }
    return axes;
  }

  private static double[] outputs(Model model, TrainingTable table, int row) {
    float[] out = new float[model.outputCount()];
    model.outputs(table.x(), row * table.width(), out, 0);
    double[] numbers = new double[out.length];
    for (int i = 0; i < out.length; i++) {
      numbers[i] = out[i];
    }
    return numbers;
  }

  private static TrainingTable table(String algorithm, String data) {
    return Unlabelled.builtIn(Task.DECOMPOSITION, algorithm, data);
  }

  private static FitContext context() {
    return new FitContext(1, 1, CancelToken.NEVER, ProgressListener.NONE);
  }

  private static Model fit(TrainingTable table, Map<String, @Nullable Object> hyperparameters) {
    return fit(table, hyperparameters, context());
  }

  private static Model fit(
      TrainingTable table, Map<String, @Nullable Object> hyperparameters, FitContext context) {
    String name = table.info().algorithm();
    Algorithm algorithm =
        new ProjectionFamily()
            .algorithms().stream().filter(a -> a.name().equals(name)).findFirst().orElseThrow();
    return algorithm.fit(table, hyperparameters, context);
  }
}
