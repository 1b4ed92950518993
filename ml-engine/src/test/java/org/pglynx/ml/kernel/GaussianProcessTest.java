package org.pglynx.ml.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;

class GaussianProcessTest {
  private static final FitContext CONTEXT =
      new FitContext(1, 1, CancelToken.NEVER, ProgressListener.NONE);
  private static final ClassLabels TWO =
      new ClassLabels(ClassLabels.Kind.NUMBER, List.of("0", "1"));

  @ParameterizedTest
  @CsvSource({
    "kernel_ridge,REGRESSION,5000",
    "gaussian_process,REGRESSION,5000",
    "gaussian_process,CLASSIFICATION,2000",
    "svm,REGRESSION,50000",
    "nu_svm,CLASSIFICATION,50000"
  })
  void more_rows_than_the_limit_are_refused_with_what_to_use_instead(
      String name, Task task, int most) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> algorithm(name).fit(rows(name, task, most + 1), Map.of(), CONTEXT))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
        .withMessageContaining("at most %d rows, but there are %d", most, most + 1)
        .satisfies(e -> assertThat(e.hint()).contains("xgboost"));
  }

  @Test
  void equal_rows_without_noise_are_an_error_that_names_alpha() {
    TrainingTable table =
        TrainingTable.of(
            Task.REGRESSION,
            "gaussian_process",
            List.of("x"),
            ClassLabels.NONE,
            new float[] {1, 1, 1, 2},
            new double[] {0, 1, 2, 3});

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> algorithm("gaussian_process").fit(table, Map.of("alpha", 0), CONTEXT))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
        .satisfies(e -> assertThat(e.hint()).contains("raise alpha"));
  }

  @Test
  void a_matern_kernel_takes_three_values_of_nu() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() ->
            algorithm("gaussian_process")
                .fit(
                    rows("gaussian_process", Task.REGRESSION, 4),
                    Map.of("kernel", "matern", "nu", 1.0),
                    CONTEXT))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER))
        .satisfies(e -> assertThat(e.hint()).contains("0.5, 1.5 or 2.5"));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "0.5,0.5204998778130465",
    "1,0.8427007929497149",
    "-2,-0.9953222650189527",
    "4,0.9999999845827421",
    "7,1"
  })
  void the_error_function_is_exact_to_double_precision(double x, double value) {
    assertThat(GaussianClassifier.erf(x)).isCloseTo(value, within(3e-16));
  }

  private static TrainingTable rows(String algorithm, Task task, int count) {
    float[] x = new float[count];
    double[] y = new double[count];
    for (int i = 0; i < count; i++) {
      x[i] = i;
      y[i] = i % 2;
    }
    return TrainingTable.of(
        task, algorithm, List.of("x"), task == Task.REGRESSION ? ClassLabels.NONE : TWO, x, y);
  }

  private static Algorithm algorithm(String name) {
    return new KernelFamily()
        .algorithms().stream().filter(a -> a.name().equals(name)).findFirst().orElseThrow();
  }
}
