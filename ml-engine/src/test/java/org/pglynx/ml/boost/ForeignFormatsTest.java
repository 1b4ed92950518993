package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.catalog.Catalogue;
import org.pglynx.ml.data.Classes;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ModelFormat;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Sets;
import org.pglynx.ml.tree.BoostedModel;

/** Files of XGBoost and LightGBM ({@code foreign_models.py} wrote them), and files for them. */
class ForeignFormatsTest {
  private static final long LIMIT = 1 << 24;
  private static final int ROWS = 60;

  @ParameterizedTest
  @CsvSource({
    "diabetes,json,xgboost",
    "diabetes,ubj,xgboost",
    "diabetes,bin,xgboost",
    "diabetes,rmp,xgboost",
    "diabetes,lightgbm.txt,lightgbm",
    "breast_cancer,json,xgboost",
    "breast_cancer,ubj,xgboost",
    "breast_cancer,bin,xgboost",
    "breast_cancer,rmp,xgboost",
    "breast_cancer,lightgbm.txt,lightgbm",
    "iris,json,xgboost",
    "iris,ubj,xgboost",
    "iris,bin,xgboost",
    "iris,rmp,xgboost",
    "iris,lightgbm.txt,lightgbm",
  })
  void anImportedModelPredictsWhatItsLibraryDoes(String set, String form, String library)
      throws IOException {
    BoostedModel model = (BoostedModel) read(resource(set + "." + form), set);
    float[] x = rows(set);
    String[] lines =
        new String(resource(set + "." + library + ".scores"), StandardCharsets.US_ASCII)
            .split("\n", -1);

    assertThat(model.algorithm()).isEqualTo(library);
    for (int i = 0; i < ROWS; i++) {
      String[] expected = lines[i].split(",", -1);
      assertThat(expected).hasSize(model.explainedScores());
      for (int k = 0; k < expected.length; k++) {
        double score = Double.parseDouble(expected[k]);
        assertThat((double) model.margin(k, x, i * model.featureCount()))
            .isCloseTo(score, within(1e-6 * Math.max(1, Math.abs(score))));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "xgboost,diabetes",
    "xgboost,breast_cancer",
    "xgboost,iris",
    "lightgbm,breast_cancer",
    "lightgbm,iris",
    "hist_gradient_boosting,diabetes",
    "hist_gradient_boosting,iris",
    "gradient_boosting_trees,breast_cancer",
    "ada_boost,iris",
  })
  void anExportedModelPredictsTheSameInXgboostAndLightgbm(String algorithm, String set)
      throws Exception {
    BoostedModel model = fitted(algorithm, set);
    float[] x = rows(set);
    if (!model.acceptsMissing()) {
      for (int i = 0; i < x.length; i++) {
        x[i] = Float.isNaN(x[i]) ? 1 : x[i];
      }
    }

    for (ModelFormat form : List.of(ModelFormat.XGBOOST_JSON, ModelFormat.XGBOOST_UBJ)) {
      Booster booster = XGBoost.loadModel(ForeignFormats.write(model, form));
      DMatrix matrix = new DMatrix(x, ROWS, model.featureCount(), Float.NaN);
      float[][] scores = booster.predict(matrix, true);
      for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < model.explainedScores(); k++) {
          float ours = model.margin(k, x, i * model.featureCount());
          assertThat(scores[i][k]).isCloseTo(ours, within(2e-5f * Math.max(1, Math.abs(ours))));
        }
      }
      booster.dispose();
      matrix.dispose();
    }
    String text =
        new String(ForeignFormats.write(model, ModelFormat.LIGHTGBM_TEXT), StandardCharsets.UTF_8);
    int outputs = model.explainedScores();
    double[] scores = NativeLightgbm.scores(text, x, ROWS, outputs);
    for (int i = 0; i < ROWS * outputs; i++) {
      float ours = model.margin(i % outputs, x, i / outputs * model.featureCount());
      assertThat((float) scores[i]).isCloseTo(ours, within(2e-5f * Math.max(1, Math.abs(ours))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"XGBOOST_JSON", "XGBOOST_UBJ", "LIGHTGBM_TEXT"})
  void whatWeExportWeImport(ModelFormat form) {
    BoostedModel model = fitted("lightgbm", "iris");
    float[] x = rows("iris");

    BoostedModel back = (BoostedModel) read(ForeignFormats.write(model, form), "iris");

    for (int i = 0; i < ROWS; i++) {
      assertThat(back.margin(1, x, i * 4)).isCloseTo(model.margin(1, x, i * 4), within(1e-5f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"iris.json", "iris.ubj", "iris.bin", "iris.rmp", "iris.lightgbm.txt"})
  void damagedBytesAreRefusedOrGiveAModelThatEndsEveryWalk(String file) throws IOException {
    byte[] good = resource(file);
    SeededRandom random = new SeededRandom(5);
    float[] x = rows("iris");
    int refused = 0;
    for (int round = 0; round < 1_500; round++) {
      byte[] bad = good.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(4) == 0) {
        bad = Arrays.copyOf(bad, random.nextInt(bad.length));
      }
      try {
        Model model =
            ForeignFormats.read(bad, LIMIT, Task.CLASSIFICATION, List.of(), ClassLabels.NONE);
        float[] row = Arrays.copyOf(x, model.featureCount());
        assertThat(model.predict(row, 0)).isBetween(0f, 1000f);
      } catch (MlException e) {
        assertThat(e.kind()).isIn(Kind.MODEL_FORMAT, Kind.BAD_ARGUMENT);
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void aDocumentOfEndlessDepthIsRefused() {
    byte[] deep = new byte[1 << 20];
    Arrays.fill(deep, (byte) '[');
    byte[] begin = "{L\0\0\0\0\0\0\0\1x".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(begin, 0, deep, 0, begin.length);

    assertRefused(deep, Kind.MODEL_FORMAT, "less depth");
  }

  @Test
  void aForgedCountIsRefusedBeforeMemoryIsTaken() {
    byte[] forged =
        "{L\0\0\0\0\0\0\0\1x[$L#L\0\0\0\0\177\377\377\377".getBytes(StandardCharsets.ISO_8859_1);

    assertRefused(forged, Kind.MODEL_FORMAT, "a count");
  }

  @Test
  void aFileAboveTheLimitIsRefusedUnread() throws IOException {
    byte[] file = resource("iris.json");

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(
            () -> ForeignFormats.read(file, 100, Task.CLASSIFICATION, List.of(), ClassLabels.NONE))
        .withMessageContaining("the limit is 100");
  }

  @Test
  void theTaskMustBeTheModels() throws IOException {
    byte[] file = resource("diabetes.json");

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() ->
            ForeignFormats.read(file, LIMIT, Task.CLASSIFICATION, List.of(), ClassLabels.NONE))
        .withMessageContaining("\"reg:squarederror\" is one of regression, not of classification");
  }

  @Test
  void aForestOfSharesHasNoSuchForm() {
    Model model =
        new Catalogue()
            .find("random_forest")
            .fit(table("random_forest", "iris"), Map.of("n_estimators", 2), context());

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> ForeignFormats.write(model, ModelFormat.XGBOOST_JSON))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED_TASK));
  }

  private static void assertRefused(byte[] bytes, Kind kind, String words) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(
            () -> ForeignFormats.read(bytes, LIMIT, Task.REGRESSION, List.of(), ClassLabels.NONE))
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static Model read(byte[] bytes, String set) {
    Task task = set.equals("diabetes") ? Task.REGRESSION : Task.CLASSIFICATION;
    return ForeignFormats.read(bytes, LIMIT, task, List.of(), ClassLabels.NONE);
  }

  private static BoostedModel fitted(String algorithm, String set) {
    String rounds = algorithm.equals("hist_gradient_boosting") ? "max_iter" : "n_estimators";
    return (BoostedModel)
        new Catalogue().find(algorithm).fit(table(algorithm, set), Map.of(rounds, 12), context());
  }

  private static FitContext context() {
    return new FitContext(7, 1, CancelToken.NEVER, ProgressListener.NONE);
  }

  private static TrainingTable table(String algorithm, String set) {
    DataSet data = Sets.builtIn(set);
    int[] all = data.allRows();
    ClassLabels labels = ClassLabels.NONE;
    double[] y = data.labels(all);
    Task task = Task.REGRESSION;
    if (!set.equals("diabetes")) {
      Classes classes = data.classes(all);
      labels = classes.labels();
      y = Arrays.stream(classes.indexes(data, all)).asDoubleStream().toArray();
      task = Task.CLASSIFICATION;
    }
    return TrainingTable.of(task, algorithm, data.featureNames(), labels, data.rowMajor(all), y);
  }

  /** The first rows; the second feature of every seventh is missing. */
  private static float[] rows(String set) {
    DataSet data = Sets.builtIn(set);
    int width = data.featureNames().size();
    float[] x = data.rowMajor(Arrays.copyOf(data.allRows(), ROWS));
    for (int i = 0; i < ROWS; i += 7) {
      x[i * width + 1] = Float.NaN;
    }
    return x;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ForeignFormatsTest.class.getResourceAsStream("/models/" + name))) {
      return in.readAllBytes();
    }
  }
}
