package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.FeatureImportance;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.tree.BoostedModel;

/** SHAP values and importances are XGBoost's own, rows with missing values included. */
class XgboostExplanationsTest {
  private static final int ROWS = 600;
  private static final int WIDTH = 7;

  @ParameterizedTest
  @CsvSource({"reg:squarederror,0", "binary:logistic,2", "multi:softprob,4"})
  void contributionsAreTheLibrarys(String objective, int classes) throws Exception {
    float[] x = features(new SeededRandom(8));
    DMatrix matrix = new DMatrix(x, ROWS, WIDTH, Float.NaN);
    matrix.setLabel(labels(x, classes));
    Booster booster =
        XGBoost.train(matrix, parameters(objective, classes), 20, Map.of(), null, null);
    float[][] expected = booster.predictContrib(matrix, 0);
    BoostedModel model = XgboostImport.model(info(classes), booster.toByteArray("json"));

    double[] out = new double[model.explainedScores() * (WIDTH + 1)];
    assertThat(out).hasSameSizeAs(expected[0]);
    for (int i = 0; i < ROWS; i++) {
      model.explain(x, i * WIDTH, out);
      for (int j = 0; j < out.length; j++) {
        assertThat(out[j]).as("row %d, number %d", i, j).isCloseTo(expected[i][j], within(1e-4));
      }
    }
    matrix.dispose();
    booster.dispose();
  }

  @ParameterizedTest
  @CsvSource({"reg:squarederror,0", "multi:softprob,4"})
  void contributionsAndBiasSumToTheScore(String objective, int classes) throws Exception {
    float[] x = features(new SeededRandom(9));
    DMatrix matrix = new DMatrix(x, ROWS, WIDTH, Float.NaN);
    matrix.setLabel(labels(x, classes));
    Booster booster =
        XGBoost.train(matrix, parameters(objective, classes), 20, Map.of(), null, null);
    BoostedModel model = XgboostImport.model(info(classes), booster.toByteArray("json"));

    double[] out = new double[model.explainedScores() * (WIDTH + 1)];
    for (int i = 0; i < ROWS; i++) {
      model.explain(x, i * WIDTH, out);
      for (int k = 0; k < model.explainedScores(); k++) {
        double sum = 0;
        for (int j = 0; j <= WIDTH; j++) {
          sum += out[k * (WIDTH + 1) + j];
        }
        assertThat(sum).isCloseTo(model.margin(k, x, i * WIDTH), within(2e-5));
      }
    }
    matrix.dispose();
    booster.dispose();
  }

  @ParameterizedTest
  @CsvSource({"gain", "weight", "cover", "total_gain", "total_cover"})
  void importancesAreTheLibrarys(String measure) throws Exception {
    float[] x = features(new SeededRandom(8));
    DMatrix matrix = new DMatrix(x, ROWS, WIDTH, Float.NaN);
    matrix.setLabel(labels(x, 2));
    Booster booster =
        XGBoost.train(matrix, parameters("binary:logistic", 2), 20, Map.of(), null, null);
    String[] names = IntStream.range(0, WIDTH).mapToObj(j -> "f" + j).toArray(String[]::new);
    Map<String, Double> expected = booster.getScore(names, measure);

    BoostedModel model = XgboostImport.model(info(2), booster.toByteArray("json"));

    FeatureImportance ours =
        model.importance().stream().filter(i -> i.measure().equals(measure)).findFirst().get();
    for (int j = 0; j < WIDTH; j++) {
      double value = expected.getOrDefault("f" + j, 0.0);
      assertThat(ours.values()[j]).isCloseTo(value, within(1e-4 * Math.max(1, value)));
    }
    matrix.dispose();
    booster.dispose();
  }

  private static Map<String, Object> parameters(String objective, int classes) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("objective", objective);
    parameters.put("max_depth", 6);
    parameters.put("nthread", 1);
    if (classes > 2) {
      parameters.put("num_class", classes);
    }
    return parameters;
  }

  private static ModelInfo info(int classes) {
    List<String> names = IntStream.range(0, WIDTH).mapToObj(j -> "x" + j).toList();
    List<String> labels = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    return new ModelInfo(
        classes == 0 ? Task.REGRESSION : Task.CLASSIFICATION,
        "xgboost",
        names,
        new ClassLabels(ClassLabels.Kind.NUMBER, labels));
  }

  private static float[] features(SeededRandom random) {
    float[] x = new float[ROWS * WIDTH];
    for (int i = 0; i < x.length; i++) {
      boolean missing = random.nextInt(20) == 0;
      x[i] = missing ? Float.NaN : (float) (random.nextDouble() * 20 - 10);
    }
    return x;
  }

  private static float[] labels(float[] x, int classes) {
    float[] y = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      double signal = 0;
      for (int j = 0; j < WIDTH; j++) {
        float value = x[i * WIDTH + j];
        signal += Float.isNaN(value) ? 0.3 : Math.sin(value / (j + 1));
      }
      double share = 1 / (1 + Math.exp(-signal));
      y[i] = (float) (classes == 0 ? signal : Math.floor(share * classes));
    }
    return y;
  }
}
