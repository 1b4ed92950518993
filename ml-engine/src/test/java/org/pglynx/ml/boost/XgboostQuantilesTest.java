package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;

/** Rows that go into bins at once give the very trees that XGBoost4J's DMatrix gives. */
class XgboostQuantilesTest {
  private static final int ROWS = 30_000;
  private static final int WIDTH = 5;
  private static final int ROUNDS = 8;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "max_bin=17",
        "subsample=0.6",
        "colsample_bytree=0.5",
        "max_leaves=9;grow_policy=lossguide",
        "objective=binary:logistic",
        "objective=multi:softprob;num_class=3",
        "objective=reg:absoluteerror",
        "monotone_constraints=(1,0,-1,0,0)",
        "num_parallel_tree=4;subsample=0.8",
      })
  void gives_the_trees_of_a_dmatrix(String settings) throws XGBoostError {
    Map<String, Object> all = settings(settings);
    float[] x = features();
    float[] y = labels(x, settings.contains("logistic") ? 2 : settings.contains("multi") ? 3 : 0);

    byte[] expected = fromDmatrix(all, x, y);
    assertThat(inBins(all, rows(x, y))).isEqualTo(expected);
    assertThat(inBins(all, withCuts(all, rows(x, y)))).isEqualTo(expected);
  }

  /** The library draws from numbers that each thread has for itself. */
  @ParameterizedTest
  @CsvSource({
    "'',false",
    "max_leaves=9;grow_policy=lossguide,false",
    "colsample_bytree=1;subsample=1.0,false",
    "num_parallel_tree=4,false",
    "subsample=0.6,true",
    "colsample_bytree=0.5,true",
    "colsample_bynode=0.5,true",
    "tree_method=exact;colsample_bylevel=0.5,true",
    "booster=dart;rate_drop=0.5,true",
    "booster=gblinear;updater=coord_descent;feature_selector=shuffle,true"
  })
  void rounds_may_be_boosted_by_one_thread_after_the_other_unless_it_draws(
      String chosen, boolean draws) throws Exception {
    Map<String, Object> settings = settings(chosen);

    assertThat(XgboostRun.draws(settings)).isEqualTo(draws);
    if (!draws) {
      byte[] expected = inBins(settings, rows(features(), labels(features(), 0)));
      assertThat(inTurns(settings)).isEqualTo(expected);
    }
  }

  private static byte[] inTurns(Map<String, Object> settings) throws Exception {
    XgboostRun run = new XgboostRun(settings);
    try (ExecutorService one = Executors.newSingleThreadExecutor();
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      run.hand(rows(features(), labels(features(), 0)));
      run.learn();
      for (int round = 0; round < ROUNDS; round++) {
        int next = round;
        Callable<Boolean> boosted =
            () -> {
              run.update(next, 1);
              return true;
            };
        (round / 3 % 2 == 0 ? one : other).submit(boosted).get();
      }
      return run.json();
    } finally {
      run.dispose();
    }
  }

  @Test
  void other_trees_than_those_of_bins_need_a_dmatrix() {
    XgboostRun.Rows rows = rows(features(), new float[ROWS]);

    assertThat(XgboostQuantiles.suit(Map.of("tree_method", "hist"), rows)).isTrue();
    assertThat(XgboostQuantiles.suit(Map.of("tree_method", "exact"), rows)).isFalse();
    assertThat(XgboostQuantiles.suit(Map.of("tree_method", "approx"), rows)).isFalse();
    assertThat(XgboostQuantiles.suit(Map.of("booster", "gblinear"), rows)).isFalse();
    rows.cells().dispose();
  }

  @Test
  void what_the_library_refuses_is_an_error_of_its_own() {
    XgboostRun run = new XgboostRun(settings("max_bin=1"));
    run.hand(rows(features(), new float[ROWS]));

    assertThatExceptionOfType(XGBoostError.class)
        .isThrownBy(run::learn)
        .withMessageContaining("max_bin");
    run.dispose();
  }

  private static XgboostRun.Rows withCuts(Map<String, Object> settings, XgboostRun.Rows rows) {
    int bins = XgboostQuantiles.maxBins(settings);
    return rows.withCuts(
        XgboostCuts.of(rows.cells(), (c, from, to, out) -> false, bins, 2, CancelToken.NEVER));
  }

  private static byte[] inBins(Map<String, Object> settings, XgboostRun.Rows rows)
      throws XGBoostError {
    XgboostRun run = new XgboostRun(settings);
    try {
      run.hand(rows);
      run.learn();
      for (int round = 0; round < ROUNDS; round++) {
        run.update(round, 1 + round % 3);
      }
      return run.json();
    } finally {
      run.dispose();
    }
  }

  private static byte[] fromDmatrix(Map<String, Object> settings, float[] x, float[] y)
      throws XGBoostError {
    DMatrix matrix = new DMatrix(x, ROWS, WIDTH, Float.NaN);
    matrix.setLabel(y);
    Booster booster = XGBoost.train(matrix, settings, ROUNDS, Map.of(), null, null);
    byte[] json = booster.toByteArray("json");
    booster.dispose();
    matrix.dispose();
    return json;
  }

  private static XgboostRun.Rows rows(float[] x, float[] y) {
    List<String> names = IntStream.range(0, WIDTH).mapToObj(i -> "x" + i).toList();
    TrainingTable table =
        TrainingTable.of(
            Task.REGRESSION, "xgboost", names, ClassLabels.NONE, x, new double[y.length]);
    return new XgboostRun.Rows(NativeColumns.offHeap(table, CancelToken.NEVER), y, null, null);
  }

  private static Map<String, Object> settings(String text) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("tree_method", "hist");
    settings.put("base_score", 0.5);
    settings.put("nthread", 2);
    settings.put("seed", 3);
    settings.put("verbosity", 0);
    for (String setting : text.isEmpty() ? new String[0] : text.split(";", -1)) {
      String[] pair = setting.split("=", -1);
      settings.put(pair[0], pair[1]);
    }
    return settings;
  }

  /** Numbers, a few different ones, one with a tail, one with gaps, and one constant. */
  private static float[] features() {
    SeededRandom random = new SeededRandom(11);
    float[] x = new float[ROWS * WIDTH];
    for (int i = 0; i < x.length; i += WIDTH) {
      x[i] = (float) random.nextDouble();
      x[i + 1] = random.nextInt(7);
      x[i + 2] = (float) -Math.log(1 - random.nextDouble());
      x[i + 3] = random.nextInt(4) == 0 ? Float.NaN : (float) random.nextDouble() - 0.5f;
      x[i + 4] = 3;
    }
    return x;
  }

  private static float[] labels(float[] x, int classes) {
    float[] y = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      float missing = Float.isNaN(x[i * WIDTH + 3]) ? 0.4f : 0;
      float signal = x[i * WIDTH] + 0.2f * x[i * WIDTH + 1] - 0.1f * x[i * WIDTH + 2] + missing;
      y[i] = classes == 0 ? signal : Math.min(classes - 1, (int) Math.max(0, signal));
    }
    return y;
  }
}
