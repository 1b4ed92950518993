package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.Features;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.catalog.Catalogue;
import org.pglynx.ml.catalog.ModelCodec;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelSource;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;

/** What xgboost and lightgbm have in common: threads, early stopping, ranking, cancel, errors. */
class NativeTrainersTest {
  private static final FitContext CONTEXT =
      new FitContext(7, 1, CancelToken.NEVER, ProgressListener.NONE);

  @ParameterizedTest
  @CsvSource({
    "xgboost,{\"tree_method\":\"hist\"}",
    "xgboost,{\"tree_method\":\"exact\"}",
    "xgboost,{\"subsample\":0.7}",
    "lightgbm,{}",
    "lightgbm,{\"subsample\":0.7;\"subsample_freq\":1}",
  })
  void theNumberOfThreadsDoesNotMatter(String algorithm, String hyperparams) {
    TrainingTable table = table(20_000, Task.REGRESSION, algorithm, null);
    Map<String, Object> given = parsed(hyperparams.replace(';', ','), 10);

    byte[] one = encoded(fit(table, given, CONTEXT));
    byte[] three =
        encoded(fit(table, given, new FitContext(7, 3, CancelToken.NEVER, ProgressListener.NONE)));

    assertThat(three).isEqualTo(one);
  }

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "lightgbm"})
  void earlyStoppingKeepsTheRoundsThatHelped(String algorithm) {
    TrainingTable table = table(400, Task.REGRESSION, algorithm, null);
    List<Integer> rounds = new ArrayList<>();
    FitContext counting =
        new FitContext(7, 1, CancelToken.NEVER, (phase, done, total) -> rounds.add(done));

    Model stopped = fit(table, Map.of("n_estimators", 1000, "early_stopping_rounds", 5), counting);

    Model all = fit(table, Map.of("n_estimators", 1000), CONTEXT);
    assertThat(rounds.getLast()).isBetween(6, 900);
    assertThat(stopped.sizeBytes()).isLessThan(all.sizeBytes() / 2);
  }

  @ParameterizedTest
  @CsvSource({
    "xgboost,{}",
    "xgboost,{\"objective\":\"rank:pairwise\"}",
    "xgboost,{\"objective\":\"rank:ndcg\"}",
    "lightgbm,{}",
    "lightgbm,{\"objective\":\"rank_xendcg\"}",
  })
  void ranksBetterRowsHigherWithinTheirGroup(String algorithm, String hyperparams) {
    TrainingTable table = ranking(algorithm, 4);

    Model model = fit(table, parsed(hyperparams, 30), CONTEXT);

    assertThat(pairsInOrder(model, table)).isGreaterThan(0.85);
  }

  @Test
  void meanAveragePrecisionNeedsTwoGrades() {
    Model model =
        fit(ranking("xgboost", 2), Map.of("objective", "rank:map", "n_estimators", 30), CONTEXT);

    assertThat(pairsInOrder(model, ranking("xgboost", 2))).isGreaterThan(0.85);
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(ranking("xgboost", 4), Map.of("objective", "rank:map"), CONTEXT))
        .withMessageContaining("from 0 to 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "lightgbm"})
  void rankingWithoutGroupsIsRefused(String algorithm) {
    TrainingTable table = table(60, Task.RANK, algorithm, null);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(table, Map.of("objective", first(algorithm)), CONTEXT))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(MlException.Kind.BAD_DATA));
  }

  private static String first(String algorithm) {
    return algorithm.equals("xgboost") ? "rank:pairwise" : "lambdarank";
  }

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "lightgbm"})
  void aCancelIsSeenBetweenRounds(String algorithm) {
    TrainingTable table = table(2_000, Task.REGRESSION, algorithm, null);
    CancelSource cancel = new CancelSource();
    List<Integer> rounds = new ArrayList<>();
    FitContext context =
        new FitContext(
            7,
            1,
            cancel,
            (phase, done, total) -> {
              rounds.add(done);
              if (done == 3) {
                cancel.cancel();
              }
            });

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(table, Map.of("n_estimators", 5000), context))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(MlException.Kind.CANCELLED));
    assertThat(rounds).containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @CsvSource({
    "xgboost,{\"booster\":\"gblinear\";\"max_depth\":3},does not go with booster",
    "xgboost,{\"rate_drop\":0.1},does not go with booster",
    "xgboost,{\"booster\":\"dart\";\"early_stopping_rounds\":3},does not go with booster",
    "xgboost,{\"tree_method\":\"exact\";\"max_bin\":30},does not go with max_bin",
    "xgboost,{\"validation_fraction\":0.2},goes with early_stopping_rounds",
    "xgboost,{\"monotone_constraints\":[1;0]},2 signs for 6 features",
    "xgboost,{\"monotone_constraints\":{\"nobody\":1}},names \"nobody\"",
    "xgboost,{\"interaction_constraints\":[[\"x0\";\"nope\"]]},\"nope\"",
    "xgboost,{\"max_cat_to_onehot\":3},unknown hyperparameter",
    "lightgbm,{\"monotone_constraints\":[1]},1 signs for 6 features",
    "lightgbm,{\"interaction_constraints\":[[0;17]]},\"17\"",
    "lightgbm,{\"linear_tree\":true},unknown hyperparameter",
    "lightgbm,{\"zero_as_missing\":true},unknown hyperparameter",
  })
  void hyperparametersThatDoNotFitAreRefused(String algorithm, String json, String message) {
    TrainingTable table = table(60, Task.REGRESSION, algorithm, null);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(table, parsed(json.replace(';', ','), 5), CONTEXT))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(MlException.Kind.BAD_HYPERPARAMETER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "lightgbm"})
  void signsOfSomeFeaturesByNameAreSignsOfAll(String algorithm) {
    TrainingTable table = table(500, Task.REGRESSION, algorithm, null);

    Model named = fit(table, parsed("{\"monotone_constraints\": {\"x1\": -1}}", 5), CONTEXT);

    Model listed =
        fit(table, parsed("{\"monotone_constraints\": [0, -1, 0, 0, 0, 0]}", 5), CONTEXT);
    assertThat(encoded(named)).isEqualTo(encoded(listed));
  }

  /** The labels rise with x1; a model that must fall with it cannot follow them. */
  @ParameterizedTest
  @CsvSource({"xgboost,1", "xgboost,-1", "lightgbm,1", "lightgbm,-1"})
  void aConstrainedFeatureMovesPredictionsInOneDirectionOnly(String algorithm, int sign) {
    TrainingTable table = table(500, Task.REGRESSION, algorithm, null);

    Model free = fit(table, parsed("{}", 30), CONTEXT);
    Model bound =
        fit(table, parsed("{\"monotone_constraints\": {\"x1\": " + sign + "}}", 30), CONTEXT);

    assertThat(stepsAgainst(free, table, sign)).isPositive();
    assertThat(stepsAgainst(bound, table, sign)).isZero();
  }

  /** How often a prediction goes against the sign as x1 of a row grows and all else stays. */
  private static int stepsAgainst(Model model, TrainingTable table, int sign) {
    int against = 0;
    for (int i = 0; i < table.rows(); i++) {
      float[] row = Arrays.copyOfRange(table.x(), i * table.width(), (i + 1) * table.width());
      float before = Float.NaN;
      for (int step = 0; step <= 40; step++) {
        row[1] = step / 10f - 2;
        float now = model.predict(row, 0);
        against += sign * (now - before) < 0 ? 1 : 0;
        before = now;
      }
    }
    return against;
  }

  @Test
  void gblinearDoesNotTakeMissingValues() {
    TrainingTable table = table(60, Task.REGRESSION, "xgboost", null);
    table.x()[5] = Float.NaN;

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> fit(table, Map.of("booster", "gblinear"), CONTEXT))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(MlException.Kind.NULL_FEATURE));
  }

  private static double pairsInOrder(Model model, TrainingTable table) {
    int[] groups = Objects.requireNonNull(table.groups());
    int pairs = 0;
    int right = 0;
    for (int i = 0; i < table.rows(); i++) {
      for (int j = 0; j < table.rows(); j++) {
        if (groups[i] == groups[j] && table.y()[i] > table.y()[j]) {
          pairs++;
          float better = model.predict(table.x(), i * table.width());
          right += better > model.predict(table.x(), j * table.width()) ? 1 : 0;
        }
      }
    }
    return (double) right / pairs;
  }

  private static TrainingTable ranking(String algorithm, int grades) {
    int[] groups = new int[600];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = i / 12;
    }
    TrainingTable table = table(groups.length, Task.RANK, algorithm, groups);
    for (int i = 0; i < groups.length; i++) {
      double y = (table.y()[i] + 2.5) / 5 * grades;
      table.y()[i] = Math.max(0, Math.min(grades - 1, Math.floor(y)));
    }
    return table;
  }

  private static TrainingTable table(
      int rows, Task task, String algorithm, int @Nullable [] groups) {
    SeededRandom random = new SeededRandom(11);
    int width = 6;
    float[] x = new float[rows * width];
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < width; j++) {
        x[i * width + j] = (float) random.nextDouble() * 4 - 2;
      }
      double noise = random.nextDouble() - 0.5;
      y[i] = Math.sin(x[i * width] * 2) + 0.5 * x[i * width + 1] + 0.3 * noise;
    }
    List<String> names = IntStream.range(0, width).mapToObj(j -> "x" + j).toList();
    ModelInfo info = new ModelInfo(task, algorithm, names, ClassLabels.NONE);
    return new TrainingTable(info, Features.of(x, info.features().size()), y, null, groups);
  }

  private static Map<String, Object> parsed(String json, int rounds) {
    Map<String, Object> given = new HashMap<>(JsonObjects.parse(json, "hyperparams"));
    given.put("n_estimators", rounds);
    return given;
  }

  private static Model fit(
      TrainingTable table, Map<String, Object> hyperparams, FitContext context) {
    Algorithm algorithm = new Catalogue().find(table.info().algorithm());
    return algorithm.fit(table, hyperparams, context);
  }

  private static byte[] encoded(Model model) {
    return new ModelCodec(1 << 28).encode(model);
  }
}
