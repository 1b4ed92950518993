package org.pglynx.bench;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
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

/**
 * What one prediction costs, without SQL around it. The forests have 100 trees over 11 features,
 * the boosted ones of depth 6. Rows are taken in turn from 4096, because on one and the same row
 * the processor learns every branch of every tree.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class PredictBenchmark {
  private static final int FEATURES = 11;
  private static final int TRAINING_ROWS = 10_000;
  private static final int ROWS = 4096;

  /** What is trained. */
  public enum Algorithm {
    /** Gradient boosting, depth 6. */
    XGBOOST("xgboost", Map.of("n_estimators", 100L, "max_depth", 6L)),
    /** Trees as deep as they grow. */
    RANDOM_FOREST("random_forest", Map.of("n_estimators", 100L)),
    /** Least squares. */
    LINEAR("linear", Map.of());

    private final String sqlName;
    private final Map<String, Object> hyperparams;

    Algorithm(String sqlName, Map<String, Object> hyperparams) {
      this.sqlName = sqlName;
      this.hyperparams = hyperparams;
    }
  }

  /** The model at work. */
  @Param public Algorithm algorithm = Algorithm.XGBOOST;

  private @Nullable Model model;
  private float[] rows = {};
  private final float[] predictions = new float[ROWS];
  private int next;

  /** Trains on noisy data of a fixed seed. */
  @Setup(Level.Trial)
  public void train() {
    Random random = new Random(42);
    MlEngine engine = new MlEngine(new EngineSettings(1, Long.MAX_VALUE));
    TrainingRequest request =
        new TrainingRequest(
            Task.REGRESSION,
            algorithm.sqlName,
            Map.copyOf(algorithm.hyperparams),
            data(random),
            0,
            Sampling.RANDOM,
            1,
            Optional.empty());
    model = engine.train(request, ProgressListener.NONE, CancelToken.NEVER).model();
    rows = new float[ROWS * FEATURES];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.nextFloat();
    }
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

  private Model trained() {
    return Objects.requireNonNull(model, "train() runs first");
  }

  /** One row, as SELECT pgml.predict(…) asks for it. */
  @Benchmark
  public float oneRow() {
    next = (next + 1) % ROWS;
    return trained().predict(rows, next * FEATURES);
  }

  /** A block of rows, as a prediction in a select list asks for them; the time is for each row. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] block() {
    trained().predict(rows, ROWS, predictions);
    return predictions;
  }
}
