package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.Folds;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Cells;

class RankingTest {
  private static final List<ColumnSpec> COLUMNS =
      List.of(
          ColumnSpec.feature("x1"),
          ColumnSpec.group("query"),
          ColumnSpec.feature("x2"),
          ColumnSpec.label("relevance", ColumnSpec.Type.NUMBER));

  private static final List<ColumnSpec> WEIGHTED =
      Stream.concat(COLUMNS.stream(), Stream.of(ColumnSpec.weight("w"))).toList();

  private final MlEngine engine = new MlEngine(new EngineSettings(2, 1 << 30));

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "lightgbm"})
  void aModelLearnsTheOrderInsideOfGroups(String algorithm) {
    TrainedModel trained = train(queries(60), algorithm, Optional.empty());

    assertThat(trained.model().featureNames()).containsExactly("x1", "x2");
    assertThat(trained.metrics()).containsKeys("ndcg", "ndcg@10", "map", "fit_time", "score_time");
    assertThat(trained.keyMetric()).isBetween(0.9, 1.0);
    float[] rows = {0.1f, 0.9f, 0.9f, 0.1f};
    assertThat(trained.model().predict(rows, 2)).isGreaterThan(trained.model().predict(rows, 0));
  }

  @Test
  void candidatesAreSearchedOnFoldsOfWholeGroups() {
    SearchRequest search =
        SearchRequest.of(
            SearchRequest.Kind.GRID,
            JsonObjects.parse("{\"n_estimators\": [1, 20]}", "search_params"),
            Map.of("cv", 3));

    TrainedModel trained = train(queries(60), "xgboost", Optional.of(search));

    assertThat(trained.hyperparams()).isEqualTo(Map.of("n_estimators", 20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "lightgbm"})
  void groupsOfMoreWeightDecideAboutTheOrder(String algorithm) {
    float[] rows = {0.1f, 0.5f, 0.9f, 0.5f};

    Model rising = train(opposed(20, 1), algorithm, Optional.empty()).model();
    Model falling = train(opposed(1, 20), algorithm, Optional.empty()).model();

    assertThat(rising.predict(rows, 2)).isGreaterThan(rising.predict(rows, 0));
    assertThat(falling.predict(rows, 2)).isLessThan(falling.predict(rows, 0));
  }

  @Test
  void xgboostRefusesDifferentWeightsInOneGroup() {
    DataSet data =
        Cells.of(
            WEIGHTED,
            Cells.row(0.1, "a", 0.5, 0, 1),
            Cells.row(0.9, "a", 0.5, 1, 1),
            Cells.row(0.1, "b", 0.5, 0, 1),
            Cells.row(0.9, "b", 0.5, 1, 2));

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> engine.train(whole(data), ProgressListener.NONE, CancelToken.NEVER))
        .withMessage("rows of one group have different weights");
  }

  @ParameterizedTest
  @EnumSource(Sampling.class)
  void splitsKeepGroupsTogether(Sampling sampling) {
    DataSet data = queries(40);

    Split split = Split.of(data, 0.25, sampling, 5);

    assertThat(groups(data, split.train())).doesNotContainAnyElementsOf(groups(data, split.test()));
    assertThat(split.test().length).isBetween(data.rowCount() / 5, data.rowCount() / 3);
    assertThat(split.train().length + split.test().length).isEqualTo(data.rowCount());
    assertThat(Split.of(data, 0.25, sampling, 5).test()).isEqualTo(split.test());
  }

  @Test
  void foldsKeepGroupsTogether() {
    DataSet data = queries(10);
    Folds folds = Folds.of(data, data.allRows(), 3, 1, Task.RANK);

    List<Integer> tested = new ArrayList<>();
    for (int fold = 0; fold < 3; fold++) {
      Split split = folds.fold(fold);
      assertThat(groups(data, split.train()))
          .doesNotContainAnyElementsOf(groups(data, split.test()));
      Arrays.stream(split.test()).forEach(tested::add);
    }

    assertThat(tested).hasSize(data.rowCount()).doesNotHaveDuplicates();
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> Folds.of(data, data.allRows(), 11, 1, Task.RANK))
        .withMessage("cv = 11 folds cannot be made of 10 groups");
  }

  @Test
  void rowsOfAGroupNeedNotArriveSideBySide() {
    DataSet data = queries(20);
    int[] rows = data.sideBySide(data.allRows());
    int[] groups = data.groups(rows);

    int changes = 0;
    for (int i = 1; i < groups.length; i++) {
      changes += groups[i] == groups[i - 1] ? 0 : 1;
    }

    assertThat(changes).isEqualTo(19);
    assertThat(rows).hasSize(data.rowCount()).doesNotHaveDuplicates();
  }

  @Test
  void rankingNeedsGroupsAndRelevances() {
    List<ColumnSpec> ungrouped = List.of(COLUMNS.get(0), COLUMNS.get(3));
    DataSet without = Cells.of(ungrouped, Cells.row(1, 0), Cells.row(2, 1), Cells.row(3, 1));
    DataSet negative =
        Cells.of(
            COLUMNS, Cells.row(1, "a", 2, -1), Cells.row(1, "b", 2, 0), Cells.row(1, "b", 3, 1));

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> train(without, "xgboost", Optional.empty()))
        .withMessage("task rank needs the column that says which rows are ranked together");
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> train(negative, "xgboost", Optional.empty()))
        .withMessage("1 values of relevance are negative");
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> Cells.of(COLUMNS, Cells.row(1, null, 2, 1)))
        .withMessage("1 values of the group column \"query\" are NULL");
  }

  private TrainedModel train(DataSet data, String algorithm, Optional<SearchRequest> search) {
    return engine.train(
        new TrainingRequest(Task.RANK, algorithm, Map.of(), data, 0.25, Sampling.RANDOM, 5, search),
        ProgressListener.NONE,
        CancelToken.NEVER);
  }

  private static TrainingRequest whole(DataSet data) {
    return new TrainingRequest(
        Task.RANK, "xgboost", Map.of(), data, 0, Sampling.LAST, 5, Optional.empty());
  }

  /** Queries of which every other one wants the rows the other way round, with another weight. */
  private static DataSet opposed(int rising, int falling) {
    SeededRandom random = new SeededRandom(1);
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int query = 0; query < 80; query++) {
      boolean rises = query % 2 == 0;
      for (int place = 0; place < 8; place++) {
        double x = random.nextDouble();
        double relevance = Math.floor((rises ? x : 1 - x) * 4);
        rows.add(Cells.row(x, "query " + query, 0.5, relevance, rises ? rising : falling));
      }
    }
    return Cells.of(WEIGHTED, rows.toArray(Object[][]::new));
  }

  private static Set<Integer> groups(DataSet data, int[] rows) {
    return Arrays.stream(data.groups(rows)).boxed().collect(Collectors.toSet());
  }

  /** Queries of 5 to 9 rows, which arrive mixed; the relevance grows with x1 alone. */
  private static DataSet queries(int count) {
    SeededRandom random = new SeededRandom(1);
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int place = 0; place < 9; place++) {
      for (int query = 0; query < count; query++) {
        if (place < 5 + query % 5) {
          double x = random.nextDouble();
          rows.add(Cells.row(x, "query " + query, random.nextDouble(), Math.floor(x * 4)));
        }
      }
    }
    return Cells.of(COLUMNS, rows.toArray(Object[][]::new));
  }
}
