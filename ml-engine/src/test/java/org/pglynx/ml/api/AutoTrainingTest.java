package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.model.CancelSource;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Preprocess;
import org.pglynx.ml.testing.Sets;

class AutoTrainingTest {
  private final MlEngine engine = new MlEngine(new EngineSettings(2, 1 << 30));

  @Test
  void theBestOfTheAlgorithmsIsFittedOnTheWholeTrainingPart() {
    DataSet data = Sets.builtIn("diabetes");

    TrainedModel winner =
        train(data, auto("{\"algorithms\": [\"knn\", \"linear\"], \"cv\": 3}"), CancelToken.NEVER);
    TrainedModel direct =
        engine.train(
            new TrainingRequest(
                Task.REGRESSION,
                "linear",
                Map.of(),
                data,
                0.25,
                Sampling.RANDOM,
                3,
                Optional.empty()),
            ProgressListener.NONE,
            CancelToken.NEVER);

    assertThat(winner.model().algorithm()).isEqualTo("linear");
    assertThat(engine.encode(winner.model())).isEqualTo(engine.encode(direct.model()));
    assertThat(winner.keyMetric()).isEqualTo(direct.keyMetric());
    assertThat(winner.hyperparams()).isEmpty();
    Map<?, ?> results = results(winner);
    assertThat(results.get("param_algorithm")).isEqualTo(List.of("linear", "knn"));
    assertThat(results.get("best_index")).isEqualTo(0);
    assertThat(results.get("n_splits")).isEqualTo(3);
    assertThat(results.get("skipped")).isEqualTo(Arrays.asList(null, null));
    assertThat((List<?>) results.get("mean_test_score")).hasSize(2).doesNotContainNull();
    assertThat((List<?>) results.get("std_test_score")).hasSize(2);
    assertThat((List<?>) results.get("mean_fit_time")).hasSize(2);
  }

  @Test
  void cheapAlgorithmsComeFirstAndOnlyThoseOfTheTask() {
    List<String> all = engine.contenders(Task.CLASSIFICATION, auto("{}"));

    assertThat(all).contains("linear", "xgboost", "random_forest", "knn").doesNotContain("kmeans");
    assertThat(all.indexOf("linear")).isLessThan(all.indexOf("random_forest"));
    assertThat(engine.contenders(Task.RANK, auto("{}"))).containsExactly("lightgbm", "xgboost");
  }

  @Test
  void algorithmsThatCannotTakeTheDataAreOutAndSayWhy() {
    DataSetBuilder builder =
        new DataSetBuilder(Sets.columns(1, ColumnSpec.Type.NUMBER), Long.MAX_VALUE);
    for (int i = 0; i < 60; i++) {
      if (i % 3 == 0) {
        builder.missing();
      } else {
        builder.number(i);
      }
      builder.number(i % 3 == 0 ? 10 : 0);
      builder.endRow();
    }

    TrainedModel winner =
        train(
            builder.build(),
            auto("{\"algorithms\": [\"linear\", \"xgboost\"], \"cv\": 2}"),
            CancelToken.NEVER);

    assertThat(winner.model().algorithm()).isEqualTo("xgboost");
    assertThat(results(winner).get("skipped"))
        .isEqualTo(Arrays.asList("20 missing values for x1.", null));
    assertThat((List<?>) results(winner).get("mean_test_score")).first().isNull();
    assertThat(results(winner).get("best_index")).isEqualTo(1);
  }

  @Test
  void aSlowAlgorithmIsCutOffAtItsShareOfTheTime() {
    DataSet data = large(100_000);
    double before = cpuSeconds();

    TrainedModel winner =
        train(
            data,
            auto(
                "{\"seconds\": 8, \"cv\": 2, \"algorithms\": [\"linear\","
                    + " \"gradient_boosting_trees\"]}"),
            CancelToken.NEVER);

    assertThat(winner.model().algorithm()).isEqualTo("linear");
    assertThat(String.valueOf(results(winner).get("skipped")))
        .contains("took longer than its share of the time");
    assertThat(cpuSeconds() - before).isLessThan(atMost(8));
  }

  @Test
  void theWholeMenuKeepsToItsTime() {
    DataSet data = large(8_000);
    double before = cpuSeconds();

    TrainedModel winner = train(data, auto("{\"seconds\": 8, \"cv\": 3}"), CancelToken.NEVER);

    double seconds = cpuSeconds() - before;
    assertThat(winner.keyMetric()).isNotNull();
    assertThat((List<?>) results(winner).get("param_algorithm")).hasSizeGreaterThan(20);
    assertThat(seconds).isLessThan(atMost(8));
  }

  /** What the process has computed: other work on the machine does not count. */
  private static double cpuSeconds() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return system.getProcessCpuTime() / 1e9;
  }

  /** Both threads for all of the time and a fifth of it; compilers and collectors on top. */
  private static double atMost(double seconds) {
    return 2 * 1.2 * seconds + 5;
  }

  @Test
  void aCancelStopsTheWholeContest() {
    CancelSource cancel = new CancelSource();
    AtomicBoolean begun = new AtomicBoolean();
    CancelToken onceBegun =
        () -> {
          if (begun.getAndSet(true)) {
            cancel.cancel();
          }
          return cancel.cancelled();
        };

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> train(large(2_000), auto("{}"), onceBegun))
        .matches(e -> e.kind() == Kind.CANCELLED);
  }

  @Test
  void whereNobodyCanBeTrainedEachReasonIsToldOnce() {
    DataSet constant = Sets.texts(new double[20], names("a", 20));

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() ->
            train(constant, auto("{\"algorithms\": [\"linear\", \"knn\"]}"), CancelToken.NEVER))
        .withMessage("none of 2 algorithms could be trained")
        .matches(
            e -> String.valueOf(e.detail()).startsWith("linear, knn: label column \"y\" is not"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"n_iter\": 3}|Unknown search_args => n_iter",
        "{\"seconds\": 0}|search_args: seconds must be a number above 0 and at most 86400, not 0",
        "{\"algorithms\": []}|search_args: algorithms must be an array of names, not []",
        "{\"algorithms\": \"knn\"}|search_args: algorithms must be an array of names, not knn",
      })
  void otherArgumentsAreRefused(String args, String message) {
    assertThatExceptionOfType(MlException.class).isThrownBy(() -> auto(args)).withMessage(message);
  }

  @Test
  void namedAlgorithmsMustServeTheTask() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(
            () -> engine.contenders(Task.REGRESSION, auto("{\"algorithms\": [\"kmeans\"]}")))
        .withMessage("algorithm \"kmeans\" does not support regression");
  }

  private static String[] names(String name, int count) {
    String[] names = new String[count];
    Arrays.fill(names, name);
    return names;
  }

  private static DataSet large(int rows) {
    DataSetBuilder builder =
        new DataSetBuilder(Sets.columns(20, ColumnSpec.Type.NUMBER), Long.MAX_VALUE);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < 20; j++) {
        builder.number(Math.sin(i * 12.9898 + j * 78.233) * 43758.5453 % 1);
      }
      builder.number(i * 31 % 101 + i);
      builder.endRow();
    }
    return builder.build();
  }

  private static Map<?, ?> results(TrainedModel trained) {
    return (Map<?, ?>) Objects.requireNonNull(trained.metrics().get("search_results"));
  }

  private static AutoRequest auto(String args) {
    Map<String, @Nullable Object> json = JsonObjects.parse(args, "search_args");
    return AutoRequest.of(json);
  }

  private TrainedModel train(DataSet data, AutoRequest auto, CancelToken cancel) {
    TrainingRequest request =
        new TrainingRequest(
            Task.REGRESSION,
            AutoRequest.NAME,
            Map.of(),
            data,
            0.25,
            Sampling.RANDOM,
            3,
            Optional.empty(),
            Preprocess.NONE,
            Optional.of(auto));
    return engine.train(request, ProgressListener.NONE, cancel);
  }
}
