package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.metrics.ConfusionMatrix;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Cells;
import org.pglynx.ml.testing.Sets;

class EvaluationTest {
  private final MlEngine engine = new MlEngine(new EngineSettings(2, 1 << 30));

  private TrainedModel train(Task task, String algorithm, DataSet data, double testSize) {
    return engine.train(
        new TrainingRequest(
            task, algorithm, Map.of(), data, testSize, Sampling.STRATIFIED, 7, Optional.empty()),
        ProgressListener.NONE,
        CancelToken.NEVER);
  }

  private static JsonNode json(TrainedModel trained) throws Exception {
    return new JsonMapper().readTree(JsonObjects.write(trained.evaluation()));
  }

  @Test
  void theMatrixOfAClassifierHasAllHeldOutRowsAndItsAccuracy() throws Exception {
    TrainedModel trained =
        train(Task.CLASSIFICATION, "random_forest", Sets.builtIn("breast_cancer"), 0.25);

    JsonNode confusion = json(trained).get("confusion");

    assertThat(confusion.get("labels").toString()).isEqualTo("[\"false\",\"true\"]");
    int right = confusion.at("/counts/0/0").asInt() + confusion.at("/counts/1/1").asInt();
    int all = right + confusion.at("/counts/0/1").asInt() + confusion.at("/counts/1/0").asInt();
    assertThat(all).isEqualTo(trained.testRows());
    assertThat((double) right / all).isCloseTo(metric(trained, "accuracy"), within(1e-12));
  }

  private static double metric(TrainedModel trained, String name) {
    return ((Number) Objects.requireNonNull(trained.metrics().get(name))).doubleValue();
  }

  @Test
  void theCurveOfTwoClassesIsThatOfTheSecondWithTheMetricsArea() throws Exception {
    TrainedModel trained =
        train(Task.CLASSIFICATION, "random_forest", Sets.builtIn("breast_cancer"), 0.25);

    JsonNode curves = json(trained).get("curves");

    assertThat(curves).hasSize(1);
    assertThat(curves.at("/0/label").asText()).isEqualTo("true");
    assertThat(curves.at("/0/roc_auc").asDouble())
        .isCloseTo(metric(trained, "roc_auc"), within(1e-12));
    assertThat(curves.at("/0/calibration").size()).isBetween(2, 10);
    assertThat(curves.at("/0/points/0")).hasSize(4);
  }

  @Test
  void eachOfSeveralClassesHasItsCurve() throws Exception {
    JsonNode evaluation = json(train(Task.CLASSIFICATION, "linear", Sets.builtIn("iris"), 0.25));

    assertThat(evaluation.get("curves")).hasSize(3);
    assertThat(evaluation.at("/confusion/counts")).hasSize(3);
  }

  @Test
  void aRegressionHasResiduals() throws Exception {
    TrainedModel one = train(Task.REGRESSION, "linear", Sets.builtIn("diabetes"), 0.25);

    JsonNode residuals = json(one).get("residuals");
    int rows = 0;
    for (JsonNode count : residuals.at("/0/histogram")) {
      rows += count.asInt();
    }
    assertThat(rows).isEqualTo(one.testRows());
    assertThat(residuals.at("/0/target").asText()).isEqualTo("target");
  }

  @Test
  void eachOfSeveralTargetsHasItsResiduals() throws Exception {
    List<ColumnSpec> columns =
        List.of(
            ColumnSpec.feature("x"),
            ColumnSpec.label("one", ColumnSpec.Type.NUMBER),
            ColumnSpec.label("two", ColumnSpec.Type.NUMBER));
    DataSetBuilder builder = new DataSetBuilder(columns, 1 << 20);
    for (int i = 0; i < 100; i++) {
      builder.number(i);
      builder.number(2 * i);
      builder.number(i % 10);
      builder.endRow();
    }

    JsonNode residuals =
        json(train(Task.REGRESSION, "linear", builder.build(), 0.25)).get("residuals");

    assertThat(residuals).hasSize(2);
    assertThat(residuals.at("/0/target").asText()).isEqualTo("one");
    assertThat(residuals.at("/0/high").asDouble()).isCloseTo(0, within(1e-3));
    assertThat(residuals.at("/1/high").asDouble()).isGreaterThan(2);
  }

  @Test
  void componentsTellTheirSharesOfTheVariance() throws Exception {
    assertThat(
            json(train(Task.DECOMPOSITION, "pca", Sets.builtIn("iris"), 0.25))
                .get("components")
                .get(0)
                .asDouble())
        .isBetween(0.4, 1.0);
  }

  @Test
  void theSameTrainingShowsTheSameAndOneWithoutHeldOutRowsNothing() {
    TrainedModel first = train(Task.CLASSIFICATION, "linear", Sets.builtIn("wine"), 0.25);
    TrainedModel again = train(Task.CLASSIFICATION, "linear", Sets.builtIn("wine"), 0.25);
    TrainedModel none = train(Task.CLASSIFICATION, "linear", Sets.builtIn("wine"), 0);

    assertThat(JsonObjects.write(again.evaluation()))
        .isEqualTo(JsonObjects.write(first.evaluation()));
    assertThat(none.evaluation()).isEmpty();
  }

  @Test
  void ofVeryManyClassesTheRarestAreCountedTogether() throws Exception {
    int rows = 6000;
    double[] x = new double[rows];
    String[] labels = new String[rows];
    for (int i = 0; i < rows; i++) {
      int label = i % 10 == 0 ? i / 10 % 60 : i % 3;
      x[i] = label;
      labels[i] = "c" + label;
    }

    TrainedModel trained = train(Task.CLASSIFICATION, "decision_tree", Sets.texts(x, labels), 0.5);
    JsonNode evaluation = json(trained);

    assertThat(evaluation.at("/confusion/labels")).hasSize(Evaluation.MOST_CLASSES + 1);
    assertThat(evaluation.at("/confusion/labels/50").asText()).isEqualTo("(others)");
    int all = 0;
    for (JsonNode row : evaluation.at("/confusion/counts")) {
      for (JsonNode count : row) {
        all += count.asInt();
      }
    }
    assertThat(all).isEqualTo(trained.testRows());
    assertThat(evaluation.get("curves")).hasSize(Evaluation.MOST_CURVES);
    assertThat(JsonObjects.write(trained.evaluation()).length()).isLessThan(100_000);
  }

  @Test
  void aRankingHasWhatIsAmongItsFirstRowsAndTheScoresOfItsGroups() throws Exception {
    TrainedModel trained = train(Task.RANK, "xgboost", queries(60), 0.5);

    JsonNode ranking = json(trained).get("ranking");

    assertThat(ranking.get("groups").asInt()).isEqualTo(30);
    assertThat(ranking.get("places")).hasSize(10);
    assertThat(ranking.at("/places/9/ndcg").asDouble())
        .isCloseTo(metric(trained, "ndcg@10"), within(1e-12));
    int counted = 0;
    for (JsonNode bar : ranking.get("histogram")) {
      counted += bar.asInt();
    }
    assertThat(counted).isEqualTo(30);
  }

  private static DataSet queries(int count) {
    List<Object[]> rows = new ArrayList<>();
    for (int query = 0; query < count; query++) {
      for (int row = 0; row < 12; row++) {
        rows.add(Cells.row(row / 12.0, "q" + query, row % 3));
      }
    }
    return Cells.of(
        List.of(
            ColumnSpec.feature("x"),
            ColumnSpec.group("query"),
            ColumnSpec.label("relevance", ColumnSpec.Type.NUMBER)),
        rows.toArray(Object[][]::new));
  }

  @Test
  void aClusteringHasTheSizesOfItsGroups() throws Exception {
    TrainedModel trained = train(Task.CLUSTERING, "kmeans", Sets.builtIn("iris"), 0.25);

    JsonNode groups = json(trained).get("groups");

    int rows = 0;
    int before = Integer.MAX_VALUE;
    for (JsonNode group : groups) {
      assertThat(group.get("rows").asInt()).isPositive().isLessThanOrEqualTo(before);
      before = group.get("rows").asInt();
      rows += before;
    }
    assertThat(rows).isEqualTo(trained.testRows());
  }

  @Test
  void aModelWithoutProbabilitiesHasAMatrixAndNoCurves() throws Exception {
    Evaluation evaluation =
        new Evaluation(train(Task.CLASSIFICATION, "linear", Sets.builtIn("iris"), 0.25).model());

    evaluation.classes(
        new ConfusionMatrix(4, new int[] {0, 3}, new int[] {0, 1}), new int[] {0, 3}, new float[0]);

    assertThat(evaluation.json()).containsOnlyKeys("confusion");
    assertThat(JsonObjects.write(evaluation.json())).contains("(not learnt)");
  }
}
