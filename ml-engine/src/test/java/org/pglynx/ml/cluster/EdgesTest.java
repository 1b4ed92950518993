package org.pglynx.ml.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Unlabelled;

/** What every grouping does with data and circumstances that are not as it would like them. */
class EdgesTest {
  static Stream<String> groupings() {
    return new ClusterFamily()
        .algorithms().stream()
            .filter(a -> a.tasks().contains(Task.CLUSTERING))
            .map(Algorithm::name);
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void equal_rows_end_in_a_model_or_a_clear_error(String algorithm) {
    float[] x = new float[60];
    Arrays.fill(x, 3);

    assertModelOrError(Unlabelled.rows(Task.CLUSTERING, algorithm, 2, x));
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void zeros_end_in_a_model_or_a_clear_error(String algorithm) {
    assertModelOrError(Unlabelled.rows(Task.CLUSTERING, algorithm, 3, new float[60]));
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void one_row_ends_in_a_model_or_a_clear_error(String algorithm) {
    assertModelOrError(Unlabelled.rows(Task.CLUSTERING, algorithm, 2, 1, 2));
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void two_rows_end_in_a_model_or_a_clear_error(String algorithm) {
    assertModelOrError(Unlabelled.rows(Task.CLUSTERING, algorithm, 1, 1, 2));
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void one_column_and_a_constant_one_end_in_a_model(String algorithm) {
    assertModelOrError(random(algorithm, 60, 1));
    float[] x = random(algorithm, 60, 2).x();
    for (int i = 0; i < x.length; i += 2) {
      x[i] = 4;
    }
    assertModelOrError(Unlabelled.rows(Task.CLUSTERING, algorithm, 2, x));
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void huge_and_tiny_numbers_end_in_a_model_or_a_clear_error(String algorithm) {
    float[] x = random(algorithm, 40, 2).x();
    for (int i = 0; i < x.length; i++) {
      x[i] *= i % 4 == 0 ? 1e30f : 1e-30f;
    }
    assertModelOrError(Unlabelled.rows(Task.CLUSTERING, algorithm, 2, x));
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void many_rows_give_the_same_on_any_number_of_threads(String algorithm) {
    TrainingTable table = many(algorithm);
    FitContext threads = new FitContext(1, 3, CancelToken.NEVER, ProgressListener.NONE);

    int[] one = Fits.groups(Fits.fit(table, Map.of()), table);
    int[] three = Fits.groups(Fits.fit(table, Map.of(), threads), table);

    assertThat(three).isEqualTo(one);
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void a_cancel_ends_it(String algorithm) {
    int[] asked = {0};
    FitContext context = new FitContext(1, 1, () -> asked[0]++ > 300, ProgressListener.NONE);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> Fits.fit(many(algorithm), Map.of(), context))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
    assertThat(asked[0]).isLessThan(310);
  }

  @ParameterizedTest
  @CsvSource({
    "affinity_propagation,3001",
    "mean_shift,20001",
    "dbscan,200001",
    "optics,20001",
    "spectral,4001"
  })
  void too_many_rows_are_refused_at_once(String algorithm, int rows) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() ->
            Fits.fit(Unlabelled.rows(Task.CLUSTERING, algorithm, 1, new float[rows]), Map.of()))
        .withMessageContaining(rows + " training rows are too many for algorithm")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA));
  }

  @ParameterizedTest
  @CsvSource({
    "mini_batch_kmeans,batch_size,0",
    "dbscan,eps,0",
    "dbscan,min_samples,0",
    "mean_shift,bandwidth,0",
    "affinity_propagation,damping,1",
    "birch,threshold,0",
    "birch,branching_factor,1",
    "birch,n_clusters,0",
    "optics,min_samples,-1",
    "spectral,n_neighbors,0",
    "spectral_bi,n_best,9",
    "spectral_co,n_init,0"
  })
  void bad_hyperparameters_are_refused(String algorithm, String name, int value) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> Fits.fit(Fits.table(algorithm, "iris"), Map.of(name, value)))
        .withMessageContaining(name)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER));
  }

  @Test
  void a_new_row_far_from_every_core_is_noise() {
    TrainingTable table =
        Unlabelled.rows(
            Task.CLUSTERING, "dbscan", 1, 0, 0.1f, 0.2f, 0.3f, 0.4f, 9, 9.1f, 9.2f, 9.3f, 9.4f, 50);

    Model model = Fits.fit(table, Map.of());

    assertThat(Fits.groups(model, table)).containsExactly(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, -1);
    assertThat(model.predict(new float[] {9.9f}, 0)).isEqualTo(1);
    assertThat(model.predict(new float[] {9.91f}, 0)).isEqualTo(-1);
  }

  @Test
  void rows_without_any_core_are_all_noise() {
    TrainingTable table = Unlabelled.rows(Task.CLUSTERING, "dbscan", 1, 1, 5, 9);

    assertThat(Fits.groups(Fits.fit(table, Map.of()), table)).containsOnly(-1);
  }

  private static void assertModelOrError(TrainingTable table) {
    for (Map<String, Object> hyperparameters : List.of(Map.<String, Object>of(), few(table))) {
      try {
        Model model = Fits.fit(table, hyperparameters);
        assertThat(IntStream.of(Fits.groups(model, table)))
            .allMatch(group -> group >= -1 && group < table.rows());
      } catch (MlException clear) {
        assertThat(clear.kind()).isIn(Kind.BAD_DATA, Kind.BAD_HYPERPARAMETER);
        assertThat(clear.getMessage()).isNotBlank();
      }
    }
  }

  /** Two groups, where their number can be chosen. */
  private static Map<String, Object> few(TrainingTable table) {
    String name = table.info().algorithm();
    boolean counted =
        new ClusterFamily()
            .algorithms().stream()
                .filter(a -> a.name().equals(name))
                .anyMatch(a -> a.hyperparameters().contains("n_clusters (k)"));
    return counted ? Map.of("n_clusters", 2) : Map.of();
  }

  /** Enough rows for two blocks, where that does not take long. */
  private static TrainingTable many(String algorithm) {
    return random(algorithm, algorithm.equals("affinity_propagation") ? 300 : 2100, 3);
  }

  private static TrainingTable random(String algorithm, int rows, int width) {
    SeededRandom random = new SeededRandom(9);
    float[] x = new float[rows * width];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (random.nextDouble() * 10);
    }
    return Unlabelled.rows(Task.CLUSTERING, algorithm, width, x);
  }
}
