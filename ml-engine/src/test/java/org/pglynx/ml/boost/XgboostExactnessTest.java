package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.algo.Link;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.tree.BoostedModel;

/**
 * Our own forest gives the very bits of XGBoost's predictions, rows with missing values included.
 */
class XgboostExactnessTest {
  private static final int ROWS = 10_000;
  private static final int WIDTH = 11;
  private static final ExactnessRows DATA = new ExactnessRows(ROWS, WIDTH, 3);

  @ParameterizedTest
  @CsvSource({
    "reg:squarederror,0,hist",
    "reg:squarederror,0,exact",
    "reg:absoluteerror,0,hist",
    "reg:pseudohubererror,0,hist",
    "reg:logistic,0,hist",
    "count:poisson,0,hist",
    "reg:gamma,0,hist",
    "reg:tweedie,0,hist",
    "reg:squaredlogerror,0,hist",
    "reg:quantileerror,0,hist",
    "survival:cox,0,hist",
    "binary:logitraw,2,hist",
    "binary:hinge,2,hist",
    "binary:logistic,2,hist",
    "binary:logistic,2,exact",
    "multi:softprob,5,hist",
  })
  void predictsTheBitsOfTheLibrary(String objective, int classes, String method) throws Exception {
    float[] x = features(new SeededRandom(3));
    DMatrix matrix = new DMatrix(x, ROWS, WIDTH, Float.NaN);
    matrix.setLabel(DATA.labels(x, classes));
    Booster booster =
        XGBoost.train(matrix, parameters(objective, classes, method), 40, Map.of(), null, null);
    float[][] margins = booster.predict(matrix, true);
    float[][] predictions = booster.predict(matrix);

    BoostedModel model =
        XgboostImport.model(DATA.info("xgboost", classes), booster.toByteArray("json"));

    int outputs = Math.max(1, classes == 2 ? 1 : classes);
    int differentMargins = 0;
    int farPredictions = 0;
    for (int i = 0; i < ROWS; i++) {
      float[] ours = prediction(model, objective, x, i, classes);
      for (int k = 0; k < outputs; k++) {
        differentMargins += bits(model.margin(k, x, i * WIDTH)) == bits(margins[i][k]) ? 0 : 1;
        farPredictions += Math.abs(ours[k] - predictions[i][k]) <= 2 * Math.ulp(ours[k]) ? 0 : 1;
      }
    }
    assertThat(differentMargins).as("margins that differ in any bit").isZero();
    assertThat(farPredictions).as("predictions more than two ulp apart").isZero();
    matrix.dispose();
    booster.dispose();
  }

  private static float[] prediction(
      BoostedModel model, String objective, float[] x, int row, int classes) {
    if (model.link() == Link.SIGN) {
      return new float[] {
        objective.equals("binary:hinge")
            ? model.predict(x, row * WIDTH)
            : model.margin(0, x, row * WIDTH)
      };
    }
    return DATA.answers(model, x, row, classes);
  }

  private static int bits(float value) {
    return Float.floatToRawIntBits(value);
  }

  private static Map<String, Object> parameters(String objective, int classes, String method) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("objective", objective);
    parameters.put("max_depth", 6);
    parameters.put("nthread", 1);
    parameters.put("tree_method", method);
    if (objective.equals("reg:quantileerror")) {
      parameters.put("quantile_alpha", 0.3);
    }
    if (classes > 2) {
      parameters.put("num_class", classes);
    }
    return parameters;
  }

  private static float[] features(SeededRandom random) {
    return DATA.features(
        () -> random.nextInt(20) == 0 ? Float.NaN : random.nextDouble() * 200 - 100);
  }
}
