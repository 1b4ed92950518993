package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.data.ColumnSpec.Type;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.CancelAtQuestion;
import org.pglynx.ml.testing.Sets;

class MlEngineTest {
  private final MlEngine engine = new MlEngine(new EngineSettings(2, 1 << 30));

  @Test
  void linearRegressionHasTheReferenceCoefficients() {
    Model model =
        train(request(Task.REGRESSION, "linear", Sets.builtIn("diabetes"), Map.of())).model();
    DataSet data = Sets.builtIn("diabetes");

    // First test predictions of scikit-learn on the last 25 %.
    float[] rows = data.rowMajor(new int[] {331, 332, 333});
    List<Double> expected = List.of(110.9414, 287.7918, 180.5762);
    for (int i = 0; i < 3; i++) {
      assertThat((double) model.predict(rows, i * 10)).isCloseTo(expected.get(i), within(1e-3));
    }
  }

  @Test
  void aTrainingWithoutHeldOutRowsHasNoScores() {
    TrainingRequest request =
        new TrainingRequest(
            Task.REGRESSION,
            "linear",
            Map.of(),
            Sets.builtIn("diabetes"),
            0,
            Sampling.RANDOM,
            1,
            Optional.empty());

    TrainedModel trained = train(request);

    assertThat(trained.metrics()).containsOnlyKeys("fit_time");
    assertThat(trained.trainRows()).isEqualTo(442);
    assertThat(trained.testRows()).isZero();
    assertThat(trained.keyMetric()).isNull();
  }

  @Test
  void classificationReportsEveryMetric() {
    TrainedModel trained =
        train(request(Task.CLASSIFICATION, "linear", Sets.builtIn("breast_cancer"), Map.of()));

    assertThat(trained.metrics())
        .containsOnlyKeys(
            "fit_time",
            "f1",
            "precision",
            "recall",
            "accuracy",
            "mcc",
            "roc_auc",
            "log_loss",
            "score_time");
    assertThat(trained.model().classes().names()).containsExactly("false", "true");
    assertThat(trained.keyMetric()).isBetween(0.8, 1.0);
  }

  @Test
  void textLabelsComeBackAsTexts() {
    double[] x = new double[60];
    String[] labels = new String[60];
    for (int i = 0; i < 60; i++) {
      x[i] = i % 3 * 10 + i * 0.01;
      labels[i] = List.of("small", "medium", "large").get(i % 3);
    }

    Model model =
        train(request(Task.CLASSIFICATION, "random_forest", Sets.texts(x, labels), Map.of()))
            .model();

    assertThat(label(model, 0)).isEqualTo("small");
    assertThat(label(model, 10)).isEqualTo("medium");
    assertThat(label(model, 20)).isEqualTo("large");
  }

  @Test
  void numericLabelsThatDoNotCountFromZeroComeBackAsThemselves() {
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(new double[] {i % 2 * 5 + i * 0.01, i % 2 == 0 ? 3 : 17});
    }
    DataSet data = Sets.numbers(rows.toArray(double[][]::new));

    Model model = train(request(Task.CLASSIFICATION, "xgboost", data, Map.of())).model();

    assertThat(model.classes().number((int) model.predict(new float[] {5}, 0))).isEqualTo(17);
    assertThat(model.classes().number((int) model.predict(new float[] {0}, 0))).isEqualTo(3);
  }

  @Test
  void aHeldOutClassThatWasNeverTrainedOnCountsAsMistake() {
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(new double[] {i % 2, i < 36 ? i % 2 : 2});
    }
    DataSet data = Sets.numbers(rows.toArray(double[][]::new));

    TrainedModel trained = train(request(Task.CLASSIFICATION, "knn", data, Map.of()));

    assertThat(trained.model().classes().count()).isEqualTo(2);
    assertThat(trained.metrics().get("accuracy")).isEqualTo(0.6); // 6 of 10
  }

  @Test
  void nullFeaturesAreLearntFromByXgboost() {
    DataSet data = withMissing();

    Model model = train(request(Task.REGRESSION, "xgboost", data, Map.of())).model();

    // The label is 10 where the feature is missing, else 0.
    assertThat(model.predict(new float[] {Float.NaN}, 0)).isGreaterThan(9);
    assertThat(model.predict(new float[] {3}, 0)).isLessThan(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "random_forest", "knn", "gradient_boosting_trees"})
  void nullFeaturesAreRefusedWhereTheAlgorithmHasNoMissingValues(String algorithm) {
    MlException refusal =
        failure(() -> train(request(Task.REGRESSION, algorithm, withMissing(), Map.of())));

    assertThat(refusal.kind()).isEqualTo(Kind.NULL_FEATURE);
    assertThat(refusal).hasMessage("20 missing values for x1.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "xgboost"})
  void infiniteFeaturesAreRefused(String algorithm) {
    DataSet data =
        Sets.numbers(
            new double[] {1, 1},
            new double[] {Double.POSITIVE_INFINITY, 2},
            new double[] {3, 3},
            new double[] {4, 4});

    assertThat(failure(() -> train(request(Task.REGRESSION, algorithm, data, Map.of()))).kind())
        .isEqualTo(Kind.NON_FINITE);
  }

  @Test
  void oneClassIsRefused() {
    DataSet data = Sets.numbers(new double[] {1, 5}, new double[] {2, 5}, new double[] {3, 5});

    MlException refusal =
        failure(() -> train(request(Task.CLASSIFICATION, "linear", data, Map.of())));

    assertThat(refusal.kind()).isEqualTo(Kind.BAD_DATA);
    assertThat(refusal).hasMessage("the training rows have only one class in \"y\": 5");
  }

  @Test
  void textLabelsAreRefusedForRegression() {
    DataSet data = Sets.texts(new double[] {1, 2, 3}, "a", "b", "a");

    assertThat(failure(() -> train(request(Task.REGRESSION, "linear", data, Map.of()))).hint())
        .isEqualTo("Use task 'classification' for boolean and text labels.");
  }

  @ParameterizedTest
  @EnumSource(
      value = Task.class,
      names = {"REGRESSION", "CLASSIFICATION"})
  void labelsThatAreNoNumbersAreRefused(Task task) {
    DataSet data =
        Sets.numbers(new double[] {1, 0}, new double[] {2, 1}, new double[] {3, Double.NaN});

    MlException refusal = failure(() -> train(request(task, "linear", data, Map.of())));

    assertThat(refusal.kind()).isEqualTo(Kind.NON_FINITE);
    assertThat(refusal).hasMessage("1 values of y are NaN or infinite");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "xgboost", "lightgbm"})
  void labelsThatNoRealHoldsAreRefusedByEachAlgorithm(String algorithm) {
    DataSet data = Sets.numbers(new double[] {1, 1}, new double[] {2, 1e300}, new double[] {3, 3});

    MlException refusal = failure(() -> train(request(Task.REGRESSION, algorithm, data, Map.of())));

    assertThat(refusal.kind()).isEqualTo(Kind.NON_FINITE);
    assertThat(refusal).hasMessage("1 values of y are beyond the range of real");
  }

  @Test
  void constantFeaturesAndCollinearFeaturesAreHarmless() {
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(new double[] {7, i, 2 * i, 3 * i + 1});
    }
    DataSet data = Sets.numbers(rows.toArray(double[][]::new));

    for (String algorithm : List.of("linear", "ridge", "lasso", "random_forest", "knn")) {
      Model model = train(request(Task.REGRESSION, algorithm, data, Map.of())).model();
      assertThat(model.predict(new float[] {7, 10, 20}, 0)).as(algorithm).isBetween(28f, 34f);
    }
  }

  @ParameterizedTest
  @CsvSource({"xgboost, 20", "random_forest, 200", "gradient_boosting_trees, 200", "knn, 3"})
  void aCancelledTrainingStopsAtTheNextQuestion(String algorithm, int question) {
    CancelAtQuestion cancel = new CancelAtQuestion(question);
    Map<String, Object> longRun =
        algorithm.equals("knn") ? Map.of() : Map.of("n_estimators", 100_000);

    MlException stopped =
        failure(() ->
            engine.train(
                request(Task.CLASSIFICATION, algorithm, large(), longRun),
                ProgressListener.NONE,
                cancel));

    assertThat(stopped.kind()).isEqualTo(Kind.CANCELLED);
    cancel.assertStopped();
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "ridge", "gaussian_naive_bayes", "bagging"})
  void quickAlgorithmsAskTheTokenWhileTheyFit(String algorithm) {
    AtomicInteger asked = new AtomicInteger();
    CancelToken fromTheThirdTimeOn =
        () -> asked.incrementAndGet() > (algorithm.equals("gaussian_naive_bayes") ? 0 : 2);

    MlException stopped =
        failure(() ->
            engine.train(
                request(Task.CLASSIFICATION, algorithm, large(), Map.of()),
                ProgressListener.NONE,
                fromTheThirdTimeOn));

    assertThat(stopped.kind()).isEqualTo(Kind.CANCELLED);
  }

  @Test
  void labelsThatAnObjectiveCannotTakeAreTheDatasFault() {
    DataSet data =
        Sets.numbers(
            new double[] {1, -1}, new double[] {2, -2}, new double[] {3, 3}, new double[] {4, 4});

    MlException refusal =
        failure(() ->
            train(request(Task.REGRESSION, "xgboost", data, Map.of("objective", "count:poisson"))));

    assertThat(refusal.kind()).isEqualTo(Kind.BAD_DATA);
    assertThat(refusal.getMessage()).startsWith("XGBoost failed: ").doesNotContain(".cc");
  }

  @Test
  void theExactMethodIsRefusedWithWhatItDoesNotServe() {
    Map<String, Object> both = Map.of("tree_method", "exact", "max_bin", 64);

    assertThat(
            failure(
                () -> train(request(Task.REGRESSION, "xgboost", Sets.builtIn("diabetes"), both))))
        .hasMessage("tree_method \"exact\" does not go with max_bin");
  }

  @Test
  void progressIsToldRoundByRound() {
    List<String> told = new ArrayList<>();

    engine.train(
        request(Task.REGRESSION, "xgboost", Sets.builtIn("diabetes"), Map.of("n_estimators", 3)),
        (phase, done, total) -> told.add(phase + " " + done + "/" + total),
        CancelToken.NEVER);

    assertThat(told)
        .containsExactly("boosting rounds 1/3", "boosting rounds 2/3", "boosting rounds 3/3");
  }

  @Test
  void xgboostDoesWhatItsHyperparametersSay() {
    DataSet data = Sets.builtIn("diabetes");

    Model one = train(request(Task.REGRESSION, "xgboost", data, Map.of("n_estimators", 1))).model();
    Model ten =
        train(request(Task.REGRESSION, "xgboost", data, Map.of("boost_rounds", 10))).model();
    Model deep =
        train(request(Task.REGRESSION, "xgboost", data, Map.of("n_estimators", 1, "max_depth", 2)))
            .model();

    assertThat(ten.sizeBytes()).isGreaterThan(one.sizeBytes() * 5);
    assertThat(deep.sizeBytes()).isLessThan(one.sizeBytes());
  }

  @Test
  void rowsOfTheWrongShapeAreRefusedBeforePrediction() {
    Model model =
        train(request(Task.REGRESSION, "linear", Sets.builtIn("diabetes"), Map.of())).model();
    float[] row = new float[11];

    assertThat(failure(() -> MlEngine.checkRow(model, row, 0, 11, false)).kind())
        .isEqualTo(Kind.WRONG_FEATURE_COUNT);
    row[4] = Float.NaN;
    assertThat(failure(() -> MlEngine.checkRow(model, row, 0, 10, true)).kind())
        .isEqualTo(Kind.NULL_FEATURE);
    row[4] = Float.POSITIVE_INFINITY;
    assertThat(failure(() -> MlEngine.checkRow(model, row, 0, 10, false)).getMessage())
        .isEqualTo("feature \"s1\" is Infinity, which is not a finite number");
  }

  @Test
  void theCatalogueSaysWhatIsServed() {
    AlgorithmInfo xgboost =
        engine.algorithms().stream().filter(a -> a.name().equals("xgboost")).findFirst().get();
    AlgorithmInfo catboost =
        engine.algorithms().stream().filter(a -> a.name().equals("catboost")).findFirst().get();

    assertThat(xgboost.tasks()).contains(Task.REGRESSION, Task.CLASSIFICATION);
    assertThat(xgboost.nativeMissing()).isTrue();
    assertThat(catboost.served()).isFalse();
  }

  private static String label(Model model, float x) {
    return model.classes().name((int) model.predict(new float[] {x}, 0));
  }

  private static DataSet large() {
    DataSetBuilder builder = new DataSetBuilder(Sets.columns(20, Type.NUMBER), Long.MAX_VALUE);
    for (int i = 0; i < 20_000; i++) {
      for (int j = 0; j < 20; j++) {
        builder.number(Math.sin(i * 12.9898 + j * 78.233) * 43758.5453 % 1);
      }
      builder.number((i * 31 >> 3) & 1);
      builder.endRow();
    }
    return builder.build();
  }

  private static DataSet withMissing() {
    DataSetBuilder builder = new DataSetBuilder(Sets.columns(1, Type.NUMBER), Long.MAX_VALUE);
    for (int i = 0; i < 60; i++) {
      if (i % 3 == 0) {
        builder.missing();
      } else {
        builder.number(i % 7);
      }
      builder.number(i % 3 == 0 ? 10 : 0);
      builder.endRow();
    }
    return builder.build();
  }

  private TrainedModel train(TrainingRequest request) {
    return engine.train(request, ProgressListener.NONE, CancelToken.NEVER);
  }

  private static TrainingRequest request(
      Task task, String algorithm, DataSet data, Map<String, @Nullable Object> hyperparams) {
    return new TrainingRequest(
        task, algorithm, hyperparams, data, 0.25, Sampling.LAST, 11, Optional.empty());
  }

  private static MlException failure(ThrowingCallable call) {
    return Objects.requireNonNull(catchThrowableOfType(MlException.class, call));
  }
}
