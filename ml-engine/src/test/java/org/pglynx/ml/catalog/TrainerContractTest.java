package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Sets;

/** What every trainer owes, whatever the data: an end, an answer or a clear error, one result. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrainerContractTest {
  private static final List<String> ALGORITHMS =
      List.of(
          "svm",
          "nu_svm",
          "kernel_ridge",
          "gaussian_process",
          "xgboost",
          "xgboost_random_forest",
          "lightgbm",
          "naive_bayes",
          "multinomial_naive_bayes",
          "complement_naive_bayes",
          "bernoulli_naive_bayes",
          "linear_discriminant_analysis",
          "quadratic_discriminant_analysis",
          "knn",
          "mlp",
          "ada_boost",
          "decision_tree",
          "random_forest",
          "extra_trees",
          "bagging",
          "gradient_boosting_trees",
          "hist_gradient_boosting");
  private static final FitContext CONTEXT =
      new FitContext(3, 1, CancelToken.NEVER, ProgressListener.NONE);

  static Stream<Arguments> algorithms() {
    return ALGORITHMS.stream()
        .map(new Catalogue()::find)
        .flatMap(a -> a.tasks().stream().map(task -> Arguments.of(a, task)));
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void degenerateRowsGiveFiniteAnswersOrAClearError(Algorithm algorithm, Task task) {
    for (float[] cells : degenerate()) {
      TrainingTable table = table(algorithm, task, 3, cells);
      try {
        Model model = algorithm.fit(table, Map.of(), CONTEXT);
        requireFinite(model, table.x());
      } catch (MlException refused) {
        assertThat(refused.kind()).isIn(Kind.BAD_DATA, Kind.BAD_HYPERPARAMETER);
        assertThat(refused.hint()).isNotBlank();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void otherTrainingsAtTheSameTimeChangeNothing(Algorithm algorithm, Task task) {
    ModelCodec codec = new ModelCodec(1 << 28);
    TrainingTable table = table(algorithm, task, 4, counts(120 * 4, 5));
    byte[] alone = codec.encode(algorithm.fit(table, Map.of(), CONTEXT));

    List<CompletableFuture<byte[]>> together =
        IntStream.range(0, 4)
            .mapToObj(i ->
                CompletableFuture.supplyAsync(
                    () -> codec.encode(algorithm.fit(table, Map.of(), CONTEXT))))
            .toList();

    assertThat(together).allSatisfy(each -> assertThat(each.join()).isEqualTo(alone));
  }

  /** Measured in CPU time of the training thread, so that a busy machine is no failure. */
  @ParameterizedTest
  @MethodSource("algorithms")
  void aCancelIsAskedForAtLeastEachHalfSecond(Algorithm algorithm, Task task) {
    TrainingTable table = table(algorithm, task, 40, counts(2000 * 40, 9));
    Watched cancel = new Watched();

    try {
      algorithm.fit(table, Map.of(), new FitContext(3, 1, cancel, ProgressListener.NONE));
    } catch (MlException stopped) {
      assertThat(stopped.kind()).isEqualTo(Kind.CANCELLED);
    }

    assertThat(cancel.asked).isPositive();
    assertThat(Math.max(cancel.longest, cancel.sinceLast())).isLessThan(500_000_000);
  }

  /** Cancels after a second of CPU time, and notes the longest time between two questions. */
  private static final class Watched implements CancelToken {
    private final long start = now();
    private long last = start;
    private long longest;
    private int asked;

    @Override
    public boolean cancelled() {
      asked++;
      longest = Math.max(longest, sinceLast());
      last = now();
      return last - start > 1_000_000_000;
    }

    long sinceLast() {
      return now() - last;
    }

    private static long now() {
      return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
  }

  private static void requireFinite(Model model, float[] x) {
    int width = model.featureCount();
    float[] probabilities = new float[model.classes().count()];
    for (int at = 0; at < x.length; at += width) {
      assertThat(model.predict(x, at)).isFinite();
      if (model.providesProbabilities()) {
        model.predictProba(x, at, probabilities, 0);
        double sum = 0;
        for (float p : probabilities) {
          assertThat(p).isBetween(0f, 1f);
          sum += p;
        }
        assertThat(sum).isCloseTo(1, within(1e-4));
      }
    }
  }

  /** Rows of three features. */
  private static List<float[]> degenerate() {
    List<float[]> sets = new ArrayList<>();
    sets.add(new float[90]);
    sets.add(new float[] {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3});
    sets.add(new float[] {1, 2, 3, 4, 5, 6});
    float[] huge = counts(90, 2);
    float[] tiny = counts(90, 3);
    float[] oneColumn = new float[90];
    float[] copies = counts(90, 4);
    float[] signed = counts(90, 6);
    for (int i = 0; i < 90; i++) {
      huge[i] *= 1e36f;
      tiny[i] *= 1e-36f;
      oneColumn[i] = i % 3 == 0 ? i : 7;
      copies[i] = copies[i / 3 * 3];
      signed[i] -= 5;
    }
    sets.addAll(List.of(huge, tiny, oneColumn, copies, signed));
    return sets;
  }

  private static float[] counts(int cells, long seed) {
    SeededRandom random = new SeededRandom(seed);
    float[] x = new float[cells];
    for (int i = 0; i < cells; i++) {
      x[i] = random.nextInt(10);
    }
    return x;
  }

  /** Every other row is of class 1; for regression the label is the row's number. */
  private static TrainingTable table(Algorithm algorithm, Task task, int width, float[] cells) {
    int rows = cells.length / width;
    double[] y = new double[rows];
    Arrays.setAll(y, i -> task == Task.REGRESSION ? i : i % 2);
    ClassLabels labels =
        task == Task.CLASSIFICATION
            ? new ClassLabels(ClassLabels.Kind.NUMBER, List.of("0", "1"))
            : ClassLabels.NONE;
    List<String> names = IntStream.range(0, width).mapToObj(j -> "x" + j).toList();
    TrainingTable table = TrainingTable.of(task, algorithm.name(), names, labels, cells, y);
    return task == Task.RANK ? Sets.grouped(table, 5) : table;
  }
}
