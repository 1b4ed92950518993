package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;

/** A block of rows gets bit for bit what its rows get one by one. */
class BlocksOfRowsTest {
  private static final int FEATURES = 5;

  @ParameterizedTest
  @CsvSource({
    "xgboost, 0",
    "xgboost, 2",
    "xgboost, 3",
    "xgboost_random_forest, 0",
    "lightgbm, 0",
    "lightgbm, 2",
    "lightgbm, 3",
    "random_forest, 0",
    "random_forest, 2",
    "random_forest, 3",
    "extra_trees, 3",
    "gradient_boosting_trees, 0",
    "gradient_boosting_trees, 3",
    "ada_boost, 0",
    "ada_boost, 2",
    "linear, 0",
    "linear, 3"
  })
  void the_rows_of_a_block_are_answered_as_each_of_them(String algorithm, int classes) {
    Random random = new Random(classes);
    Model model = trained(algorithm, classes, random);
    int rows = 203;
    float[] x = new float[rows * FEATURES];
    for (int i = 0; i < x.length; i++) {
      boolean missing = model.acceptsMissing() && random.nextInt(9) == 0;
      x[i] = missing ? Float.NaN : random.nextFloat() * 2 - 0.5f;
    }

    float[] together = new float[rows];
    model.predict(x, rows, together);

    for (int i = 0; i < rows; i++) {
      assertThat(together[i]).isEqualTo(model.predict(x, i * FEATURES));
    }
    if (model.providesProbabilities()) {
      float[] shares = new float[rows * classes];
      model.predictProba(x, rows, shares);
      float[] each = new float[rows * classes];
      for (int i = 0; i < rows; i++) {
        model.predictProba(x, i * FEATURES, each, i * classes);
      }
      assertThat(shares).isEqualTo(each);
    }
  }

  private static Model trained(String algorithm, int classes, Random random) {
    Task task = classes == 0 ? Task.REGRESSION : Task.CLASSIFICATION;
    TrainingRequest request =
        new TrainingRequest(
            task,
            algorithm,
            Map.of(),
            data(classes, random),
            0,
            Sampling.RANDOM,
            1,
            Optional.empty());
    return new MlEngine(new EngineSettings(1, Long.MAX_VALUE))
        .train(request, ProgressListener.NONE, CancelToken.NEVER)
        .model();
  }

  private static DataSet data(int classes, Random random) {
    List<ColumnSpec> columns =
        List.of(
            ColumnSpec.feature("a"),
            ColumnSpec.feature("b"),
            ColumnSpec.feature("c"),
            ColumnSpec.feature("d"),
            ColumnSpec.feature("e"),
            ColumnSpec.label("y", ColumnSpec.Type.NUMBER));
    DataSetBuilder builder = new DataSetBuilder(columns, Long.MAX_VALUE);
    for (int row = 0; row < 400; row++) {
      double sum = 0;
      for (int feature = 0; feature < FEATURES; feature++) {
        double value = random.nextDouble();
        builder.number(value);
        sum += value * (feature + 1);
      }
      builder.number(classes == 0 ? sum : Math.min(classes - 1, (int) (sum * classes / 15)));
      builder.endRow();
    }
    return builder.build();
  }
}
