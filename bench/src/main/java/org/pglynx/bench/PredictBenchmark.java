package org.pglynx.bench;

import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
import org.pglynx.ml.model.Model;

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
    model = BenchModel.train(algorithm.sqlName, algorithm.hyperparams, random);
    rows = BenchModel.rows(ROWS, random);
  }

  private Model trained() {
    return Objects.requireNonNull(model, "train() runs first");
  }

  /** One row, as SELECT pgml.predict(…) asks for it. */
  @Benchmark
  public float oneRow() {
    next = (next + 1) % ROWS;
    return trained().predict(rows, next * BenchModel.FEATURES);
  }

  /** A block of rows, as a prediction in a select list asks for them; the time is for each row. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] block() {
    trained().predict(rows, ROWS, predictions);
    return predictions;
  }
}
