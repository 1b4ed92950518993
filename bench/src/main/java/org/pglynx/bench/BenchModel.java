package org.pglynx.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pglynx.ml.api.EngineSettings;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.api.TrainingRequest;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;

/** Models of noisy data, and rows to ask them about. */
final class BenchModel {
  static final int FEATURES = 11;
  private static final int TRAINING_ROWS = 10_000;

  private BenchModel() {}

  static Model train(String algorithm, Map<String, Object> hyperparams, Random random) {
    MlEngine engine = new MlEngine(new EngineSettings(1, Long.MAX_VALUE));
    TrainingRequest request =
        new TrainingRequest(
            Task.REGRESSION,
            algorithm,
            Map.copyOf(hyperparams),
            data(random),
            0,
            Sampling.RANDOM,
            1,
            Optional.empty());
    return engine.train(request, ProgressListener.NONE, CancelToken.NEVER).model();
  }

  /** Rows in one array, one behind the other. */
  static float[] rows(int count, Random random) {
    float[] rows = new float[count * FEATURES];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.nextFloat();
    }
    return rows;
  }

  private static DataSet data(Random random) {
    List<ColumnSpec> columns =
        Stream.concat(
                IntStream.range(0, FEATURES).mapToObj(i -> ColumnSpec.feature("x" + i)),
                Stream.of(ColumnSpec.label("y", ColumnSpec.Type.NUMBER)))
            .toList();
    DataSetBuilder builder = new DataSetBuilder(columns, Long.MAX_VALUE);
    for (int row = 0; row < TRAINING_ROWS; row++) {
      double label = random.nextGaussian() / 4;
      for (int feature = 0; feature < FEATURES; feature++) {
        double value = random.nextDouble();
        label += Math.sin(value * (feature + 1));
        builder.number(value);
      }
      builder.number(label);
      builder.endRow();
    }
    return builder.build();
  }
}
