package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.data.Budget;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Preprocess;

/** How many rows there may be depends on the heap only where an algorithm needs them there. */
class RowsBesideTheHeapTest {
  private static final int ROWS = 40_000;
  private static final int WIDTH = 10;

  /** The features alone have 1.6 MB, and the same again as the learner is given them. */
  private static final Budget SMALL_HEAP = new Budget(64 << 20, 2 << 20);

  private final MlEngine engine = new MlEngine(EngineSettings.defaults());

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "lightgbm"})
  void native_libraries_learn_from_rows_that_the_heap_has_no_room_for(String algorithm) {
    try (Arena memory = Arena.ofShared()) {
      TrainedModel model = train(algorithm, rows(SMALL_HEAP, memory));

      assertThat(model.keyMetric()).isGreaterThan(0.9);
    }
  }

  @Test
  void others_say_that_they_need_the_heap() {
    try (Arena memory = Arena.ofShared()) {
      DataSet data = rows(SMALL_HEAP, memory);

      assertThatExceptionOfType(MlException.class)
          .isThrownBy(() -> train("ridge", data))
          .satisfies(e -> assertThat(e.kind()).isEqualTo(MlException.Kind.MEMORY_BUDGET))
          .satisfies(e -> assertThat(e.detail()).contains("of the heap", "take 2 MB"))
          .satisfies(e -> assertThat(e.hint()).startsWith("Use algorithm 'xgboost'"));
    }
  }

  @Test
  void labels_and_numbers_of_rows_need_it_always() {
    try (Arena memory = Arena.ofShared()) {
      assertThatExceptionOfType(MlException.class)
          .isThrownBy(() -> rows(new Budget(64 << 20, 1 << 20), memory))
          .satisfies(e -> assertThat(e.hint()).startsWith("Train on fewer rows"));
    }
  }

  @Test
  void what_was_read_is_gone_with_its_memory() {
    DataSet data;
    try (Arena memory = Arena.ofShared()) {
      data = rows(SMALL_HEAP, memory);
      assertThat(data.feature(ROWS / 2, 0)).isNotNaN();
    }

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> data.feature(ROWS / 2, 0));
  }

  private TrainedModel train(String algorithm, DataSet data) {
    TrainingRequest request =
        new TrainingRequest(
            Task.REGRESSION,
            algorithm,
            Map.of(),
            data,
            0.25,
            Sampling.RANDOM,
            1,
            Optional.empty(),
            Preprocess.of(Map.of()),
            Optional.empty());
    return engine.train(request, ProgressListener.NONE, CancelToken.NEVER);
  }

  private static DataSet rows(Budget budget, Arena memory) {
    List<ColumnSpec> columns = new ArrayList<>();
    for (int j = 0; j < WIDTH; j++) {
      columns.add(new ColumnSpec("x" + j, ColumnSpec.Role.FEATURE, ColumnSpec.Type.NUMBER));
    }
    columns.add(new ColumnSpec("y", ColumnSpec.Role.LABEL, ColumnSpec.Type.NUMBER));
    DataSetBuilder builder = new DataSetBuilder(columns, budget, memory);
    SeededRandom random = new SeededRandom(5);
    for (int i = 0; i < ROWS; i++) {
      double sum = 0;
      for (int j = 0; j < WIDTH; j++) {
        double value = random.nextDouble();
        builder.number(value);
        sum += j < 3 ? value : 0;
      }
      builder.number(sum);
      builder.endRow();
    }
    return builder.build();
  }
}
