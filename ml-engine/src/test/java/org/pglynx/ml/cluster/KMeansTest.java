package org.pglynx.ml.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.RandIndex;
import org.pglynx.ml.testing.ReferenceLines;
import org.pglynx.ml.testing.Unlabelled;

class KMeansTest {
  /** A local minimum may be this much worse. */
  private static final double WORSE = 1.01;

  static Stream<ReferenceLines> references() {
    return ReferenceLines.of("clusters.csv").filter(line -> line.algorithm().equals("kmeans"));
  }

  @ParameterizedTest
  @MethodSource("references")
  void inertia_is_that_of_scikit_learn(ReferenceLines reference) {
    TrainingTable table = Fits.table("kmeans", reference.data());

    Model model = Fits.fit(table, reference.hyperparameters());

    double expected = reference.numbers("inertia")[0];
    assertThat(inertia((CentreModel) model, table)).isBetween(expected * 0.99, expected * WORSE);
  }

  @Test
  void bounds_on_distances_do_not_change_where_a_descent_ends() {
    TrainingTable table = Fits.table("kmeans", "digits");
    Map<String, Object> hyperparameters =
        Map.of("n_clusters", 10, "n_init", 1, "init", "random", "tol", 0);
    CentreModel model = (CentreModel) Fits.fit(table, hyperparameters);

    // at a fixed point each centre is the mean of the rows nearest to it
    int width = table.width();
    double[] sums = new double[10 * width];
    int[] counts = new int[10];
    int[] groups = Fits.groups(model, table);
    for (int i = 0; i < groups.length; i++) {
      counts[groups[i]]++;
      for (int j = 0; j < width; j++) {
        sums[groups[i] * width + j] += table.feature(i, j);
      }
    }
    for (int at = 0; at < sums.length; at++) {
      assertThat(model.centres()[at]).isCloseTo(sums[at] / counts[at / width], within(1e-9));
    }
  }

  @Test
  void equal_rows_give_finite_centres() {
    float[] x = new float[40];
    Arrays.fill(x, 7);
    TrainingTable table = Unlabelled.rows(Task.CLUSTERING, "kmeans", 2, x);

    CentreModel model = (CentreModel) Fits.fit(table, Map.of("n_clusters", 3));

    assertThat(model.centres()).containsOnly(7);
    assertThat(Fits.groups(model, table)).containsOnly(0);
  }

  @Test
  void as_many_groups_as_rows_gives_each_row_its_own() {
    TrainingTable table = Unlabelled.rows(Task.CLUSTERING, "kmeans", 1, 1, 5, 9, 100);

    int[] groups = Fits.groups(Fits.fit(table, Map.of("n_clusters", 4)), table);

    assertThat(groups).containsExactlyInAnyOrder(0, 1, 2, 3);
  }

  @Test
  void a_constant_column_does_not_matter() {
    TrainingTable table = Unlabelled.rows(Task.CLUSTERING, "kmeans", 2, 1, 3, 2, 3, 101, 3, 102, 3);

    int[] groups = Fits.groups(Fits.fit(table, Map.of("n_clusters", 2)), table);

    assertThat(RandIndex.adjusted(groups, new int[] {0, 0, 1, 1})).isEqualTo(1);
  }

  @Test
  void more_groups_than_rows_are_refused() {
    TrainingTable table = Unlabelled.rows(Task.CLUSTERING, "kmeans", 1, 1, 2, 3);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> Fits.fit(table, Map.of()))
        .withMessage("n_clusters = 8 is more than the 3 training rows")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER));
  }

  @ParameterizedTest
  @CsvSource({"n_clusters,0", "n_init,0", "max_iter,0", "tol,-1", "init,3", "k_means,3"})
  void bad_hyperparameters_are_refused(String name, int value) {
    Map<String, Object> bad = new HashMap<>();
    bad.put(name, value);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> Fits.fit(Fits.table("kmeans", "iris"), bad))
        .withMessageContaining("\"" + name + "\"")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BAD_HYPERPARAMETER));
  }

  @Test
  void a_weight_counts_like_as_many_rows() {
    TrainingTable once = Unlabelled.rows(Task.CLUSTERING, "kmeans", 1, 0, 1, 10);
    TrainingTable weighted = once.withWeights(new double[] {1, 3, 1});

    CentreModel model = (CentreModel) Fits.fit(weighted, Map.of("n_clusters", 2));

    assertThat(model.centres()).containsExactlyInAnyOrder(0.75, 10);
  }

  @Test
  void many_rows_give_the_same_on_any_number_of_threads() {
    TrainingTable table = random(20_000, 5);
    Map<String, Object> hyperparameters = Map.of("n_clusters", 12, "n_init", 2);
    FitContext threads = new FitContext(1, 4, CancelToken.NEVER, ProgressListener.NONE);

    CentreModel one = (CentreModel) Fits.fit(table, hyperparameters);
    CentreModel four = (CentreModel) Fits.fit(table, hyperparameters, threads);

    assertThat(four.centres()).containsExactly(one.centres());
  }

  @Test
  void a_cancel_ends_it() {
    int[] asked = {0};
    FitContext context = new FitContext(1, 1, () -> asked[0]++ > 500, ProgressListener.NONE);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> Fits.fit(random(20_000, 5), Map.of("n_clusters", 50), context))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
    assertThat(asked[0]).isLessThan(510);
  }

  private static TrainingTable random(int rows, int width) {
    SeededRandom random = new SeededRandom(9);
    float[] x = new float[rows * width];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble();
    }
    return Unlabelled.rows(Task.CLUSTERING, "kmeans", width, x);
  }

  private static double inertia(CentreModel model, TrainingTable table) {
    double sum = 0;
    for (int i = 0; i < table.rows(); i++) {
      int row = i * table.width();
      int centre = (int) model.predict(table.x(), row) * table.width();
      sum += Distances.squared(table.x(), row, model.centres(), centre, table.width());
    }
    return sum;
  }
}
