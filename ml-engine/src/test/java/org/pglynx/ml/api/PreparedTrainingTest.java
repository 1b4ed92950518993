package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.pglynx.ml.testing.Cells.row;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.data.BuiltInDataset;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.ColumnSpec.Type;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DatasetRows;
import org.pglynx.ml.data.Datasets;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Categories;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Preprocess;
import org.pglynx.ml.testing.Cells;

/** Trainings with categories, with several labels, and without any. */
class PreparedTrainingTest {
  private final MlEngine engine = new MlEngine(new EngineSettings(1, 1 << 28));

  private TrainedModel train(
      Task task,
      String algorithm,
      Map<String, @Nullable Object> hyperparams,
      DataSet data,
      double testSize,
      Map<String, @Nullable Object> preprocess) {
    return engine.train(
        new TrainingRequest(
            task,
            algorithm,
            hyperparams,
            data,
            testSize,
            Sampling.RANDOM,
            7,
            Optional.empty(),
            Preprocess.of(preprocess)),
        ProgressListener.NONE,
        CancelToken.NEVER);
  }

  @Test
  void a_category_predicts_by_its_text() {
    Model model = train(Task.REGRESSION, "linear", Map.of(), cities(null), 0, oneHot()).model();

    assertThat(model.featureNames()).containsExactly("city", "x");
    assertThat(predict(model, "Ulm", 1)).isCloseTo(11, within(1e-3f));
    assertThat(predict(model, "Bern", 2)).isCloseTo(22, within(1e-3f));
    assertThat(predict(model, "Graz", 0)).isCloseTo(30, within(1e-3f));
  }

  @Test
  void a_stored_model_keeps_its_preprocessing() {
    Model model = train(Task.REGRESSION, "linear", Map.of(), cities(null), 0, oneHot()).model();

    Model back = engine.decode(engine.encode(model));

    assertThat(predict(back, "Bern", 2)).isEqualTo(predict(model, "Bern", 2));
    assertThat(back.acceptsMissing(0)).isFalse();
    assertThat(Objects.requireNonNull(back.categories(0)).texts())
        .containsExactly("Ulm", "Bern", "Graz");
  }

  @Test
  void an_unseen_category_is_refused_imputed_or_missing() {
    Model refusing = train(Task.REGRESSION, "linear", Map.of(), cities(null), 0, oneHot()).model();
    Model imputing =
        train(
                Task.REGRESSION,
                "linear",
                Map.of(),
                cities(null),
                0,
                Map.of("city", Map.of("encode", "one_hot", "impute", "max")))
            .model();
    Model missing = train(Task.REGRESSION, "xgboost", Map.of(), cities(null), 0, oneHot()).model();
    float[] unseen = {Categories.UNSEEN, 1};

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> MlEngine.checkRow(refusing, unseen, 0, 2, false))
        .withMessage(
            "feature \"city\" is a category that was not in the training rows, which algorithm"
                + " linear does not take");
    MlEngine.checkRow(imputing, unseen, 0, 2, false);
    assertThat(imputing.predict(unseen, 0)).isEqualTo(predict(imputing, "Graz", 1));
    MlEngine.checkRow(missing, unseen, 0, 2, false);
    assertThat(missing.predict(unseen, 0)).isFinite();
  }

  @Test
  void a_number_that_is_no_code_is_refused() {
    Model model = train(Task.REGRESSION, "linear", Map.of(), cities(null), 0, oneHot()).model();

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> MlEngine.checkRow(model, new float[] {4, 1}, 0, 2, false))
        .withMessage("feature \"city\" is a category: 4.0 is none of its codes 0 to 3");
  }

  @Test
  void null_is_a_category_of_its_own() {
    Model model = train(Task.REGRESSION, "linear", Map.of(), cities(40), 0, oneHot()).model();

    assertThat(model.predict(new float[] {Float.NaN, 1}, 0)).isCloseTo(41, within(1e-3f));
    MlEngine.checkRow(model, new float[] {Float.NaN, 1}, 0, 2, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "target", "one_hot"})
  void held_out_rows_are_scored_as_they_would_be_predicted(String encode) {
    DataSet data = randomTable(400);

    TrainedModel trained =
        train(
            Task.REGRESSION,
            "random_forest",
            Map.of("n_estimators", 5),
            data,
            0.25,
            Map.of(
                "c",
                Map.of("encode", encode, "impute", "mode", "scale", "standard"),
                "a",
                Map.of("impute", "median", "scale", "robust")));

    assertThat(Objects.requireNonNull(trained.keyMetric())).isGreaterThan(0.8);
  }

  @Test
  void missing_values_are_refused_in_postgresml_s_words() {
    DataSet data =
        Cells.of(
            List.of(ColumnSpec.feature("x"), ColumnSpec.label("y", Type.NUMBER)),
            row(1, 1),
            row(null, 2),
            row(3, 3));

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> train(Task.REGRESSION, "linear", Map.of(), data, 0, Map.of()))
        .withMessage("1 missing values for x.")
        .satisfies(e -> assertThat(e.hint()).contains("pgml.train(preprocess => '{\"x\": "));
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() ->
            train(
                Task.REGRESSION,
                "xgboost",
                Map.of(),
                data,
                0,
                Map.of("x", Map.of("impute", "error"))))
        .withMessage("1 missing values for x.");
    assertThat(train(Task.REGRESSION, "xgboost", Map.of(), data, 0, Map.of()).trainRows())
        .isEqualTo(3);
  }

  @Test
  void a_value_that_the_ordinal_does_not_list_is_refused() {
    Map<String, @Nullable Object> plan =
        Map.of("city", Map.of("encode", Map.of("ordinal", List.of("Bern", "Graz"))));

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> train(Task.REGRESSION, "linear", Map.of(), cities(null), 0, plan))
        .withMessage("value is not present in ordinal: 4 values of city");
  }

  @Test
  void a_search_prepares_each_fold_by_itself() {
    TrainingRequest request =
        new TrainingRequest(
            Task.REGRESSION,
            "ridge",
            Map.of(),
            randomTable(200),
            0.25,
            Sampling.RANDOM,
            7,
            Optional.of(
                SearchRequest.of(
                    SearchRequest.Kind.GRID,
                    Map.of("alpha", List.of(0.1, 1000.0)),
                    Map.of("cv", 4))),
            Preprocess.of(
                Map.of(
                    "c",
                    Map.of("encode", "one_hot"),
                    "a",
                    Map.of("impute", "mean", "scale", "standard"))));

    TrainedModel trained = engine.train(request, ProgressListener.NONE, CancelToken.NEVER);

    assertThat(trained.hyperparams()).containsEntry("alpha", 0.1);
    assertThat(Objects.requireNonNull(trained.keyMetric())).isGreaterThan(0.9);
  }

  // linnerud, all rows: LinearRegression().fit(data, target).score(data, target) of scikit-learn
  // is 0.2969, the uniform average over weight, waist and pulse.
  @Test
  void several_labels_are_learnt_jointly() {
    DataSet data = linnerud();
    Model model = train(Task.REGRESSION, "linear", Map.of(), data, 0, Map.of()).model();

    Map<String, Double> scores =
        new Scoring(model, data, data.allRows(), CancelToken.NEVER).metrics();

    assertThat(Objects.requireNonNull(scores.get("r2"))).isCloseTo(0.2969, within(1e-4));
    assertThat(model.outputCount()).isEqualTo(3);
    float[] row = data.rowMajor(new int[] {0});
    float[] outputs = new float[3];
    model.outputs(row, 0, outputs, 0);
    assertThat(outputs[0]).isEqualTo(model.predict(row, 0));
    Model back = engine.decode(engine.encode(model));
    float[] again = new float[3];
    back.outputs(row, 0, again, 0);
    assertThat(again).containsExactly(outputs);
  }

  @Test
  void several_labels_are_for_regression_only() {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> train(Task.CLASSIFICATION, "linear", Map.of(), linnerud(), 0, Map.of()))
        .withMessage("several labels are learnt by regression only, not by classification");
  }

  @ParameterizedTest
  @CsvSource({
    "clustering, kmeans, silhouette",
    "decomposition, pca, cumulative_explained_variance"
  })
  void tasks_without_labels_are_scored(String task, String algorithm, String metric) {
    DataSet data = unlabelled(300);

    TrainedModel trained =
        train(
            Task.bySqlName(task).orElseThrow(),
            algorithm,
            Map.of(task.equals("clustering") ? "n_clusters" : "n_components", 2),
            data,
            0.25,
            Map.of("x", Map.of("scale", "standard")));

    assertThat(trained.metrics()).containsOnlyKeys("fit_time", "score_time", metric);
    assertThat(Objects.requireNonNull(trained.keyMetric())).isBetween(0.6, 1.0);
    assertThat(trained.testRows()).isEqualTo(75);
  }

  @Test
  void a_silhouette_of_many_rows_says_of_how_many_it_is() {
    DataSet data = unlabelled(60_000);

    TrainedModel trained =
        train(Task.CLUSTERING, "kmeans", Map.of("n_clusters", 2), data, 0.9, Map.of());

    assertThat(trained.metrics()).containsKeys("silhouette", "silhouette_rows");
  }

  private static Map<String, @Nullable Object> oneHot() {
    return Map.of("city", Map.of("encode", "one_hot"));
  }

  private static float predict(Model model, String city, float x) {
    int code = Objects.requireNonNull(model.categories(0)).code(city);
    return model.predict(new float[] {code, x}, 0);
  }

  /** y is x more than 10, 20, 30 for the cities, and another offset for none. */
  private static DataSet cities(@Nullable Integer offsetOfNull) {
    @Nullable Object[][] rows = new Object[offsetOfNull == null ? 12 : 16][];
    for (int i = 0; i < rows.length; i++) {
      String city = i % 4 == 3 ? null : List.of("Ulm", "Bern", "Graz").get(i % 4);
      if (offsetOfNull == null) {
        city = List.of("Ulm", "Bern", "Graz").get(i % 3);
      }
      int offset =
          city == null
              ? Objects.requireNonNull(offsetOfNull)
              : 10 * (1 + List.of("Ulm", "Bern", "Graz").indexOf(city));
      rows[i] = row(city, i / 3, offset + i / 3);
    }
    return Cells.of(
        List.of(
            ColumnSpec.category("city"),
            ColumnSpec.feature("x"),
            ColumnSpec.label("y", Type.NUMBER)),
        rows);
  }

  private static DataSet randomTable(int count) {
    Random random = new Random(3);
    @Nullable Object[][] rows = new Object[count][];
    for (int i = 0; i < count; i++) {
      int category = random.nextInt(6);
      Double a = random.nextInt(10) == 0 ? null : random.nextDouble();
      String text = category == 5 ? null : "c" + category;
      rows[i] = row(text, a, category * 10 + (a == null ? 0.5 : a));
    }
    return Cells.of(
        List.of(
            ColumnSpec.category("c"), ColumnSpec.feature("a"), ColumnSpec.label("y", Type.NUMBER)),
        rows);
  }

  private static DataSet unlabelled(int count) {
    Random random = new Random(5);
    @Nullable Object[][] rows = new Object[count][];
    for (int i = 0; i < count; i++) {
      double centre = i % 2 * 10;
      rows[i] =
          row(centre + random.nextGaussian(), centre + random.nextGaussian(), random.nextDouble());
    }
    return Cells.of(
        List.of(ColumnSpec.feature("x"), ColumnSpec.feature("z"), ColumnSpec.feature("w")), rows);
  }

  private static DataSet linnerud() {
    BuiltInDataset set = Datasets.find("linnerud").orElseThrow();
    List<ColumnSpec> columns =
        set.columns().stream()
            .map(c ->
                List.of("weight", "waist", "pulse").contains(c.name())
                    ? ColumnSpec.label(c.name(), Type.NUMBER)
                    : ColumnSpec.feature(c.name()))
            .toList();
    @Nullable Object[][] rows = new Object[set.rowCount()][];
    try (DatasetRows source = set.open()) {
      for (int i = 0; source.next(); i++) {
        rows[i] = new Object[columns.size()];
        for (int c = 0; c < columns.size(); c++) {
          rows[i][c] = Double.valueOf(source.text(c));
        }
      }
    }
    return Cells.of(columns, rows);
  }
}
