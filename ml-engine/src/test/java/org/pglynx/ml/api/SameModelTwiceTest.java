package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Sets;

/** The same call gives the same bytes, whatever runs beside it and on however many threads. */
class SameModelTwiceTest {
  private static final AtomicBoolean DONE = new AtomicBoolean();
  private static final MlEngine NEIGHBOUR = new MlEngine(new EngineSettings(2, 1 << 30));
  private static final DataSet OTHER = rows(3_000, 9);
  private static final Thread[] NEIGHBOURS = new Thread[2];

  @BeforeAll
  static void otherTrainingsRun() {
    String[] algorithms = {"xgboost", "random_forest"};
    for (int i = 0; i < NEIGHBOURS.length; i++) {
      String algorithm = algorithms[i];
      NEIGHBOURS[i] = Thread.ofPlatform().daemon().start(() -> trainOn(algorithm));
    }
  }

  @AfterAll
  static void otherTrainingsEnd() throws InterruptedException {
    DONE.set(true);
    for (Thread neighbour : NEIGHBOURS) {
      neighbour.join();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "REGRESSION, xgboost",
    "CLASSIFICATION, xgboost",
    "REGRESSION, lightgbm",
    "CLASSIFICATION, lightgbm",
    "REGRESSION, random_forest",
    "CLASSIFICATION, random_forest",
    "REGRESSION, gradient_boosting_trees",
    "REGRESSION, mlp",
    "CLASSIFICATION, linear",
    "CLUSTERING, kmeans",
  })
  void theSameCallGivesTheSameBytes(Task task, String algorithm) {
    // Enough rows for histograms, several blocks and several threads.
    DataSet data = rows(12_000, 1);

    byte[] first = bytes(task, algorithm, data, 2);

    assertThat(bytes(task, algorithm, data, 2)).isEqualTo(first);
    assertThat(bytes(task, algorithm, data, 1)).isEqualTo(first);
    assertThat(bytes(task, algorithm, data, 4)).isEqualTo(first);
  }

  /** Where no core is idle another thread boosts, and the library draws for each thread anew. */
  @Test
  void rowsThatAreDrawnAreTheSameOnABusyMachine() throws InterruptedException {
    DataSet data = rows(40_000, 1);
    Map<String, Object> drawing = Map.of("n_estimators", 80, "subsample", 0.5);
    byte[] first = bytes(Task.REGRESSION, "xgboost", drawing, data, 2);

    AtomicBoolean enough = new AtomicBoolean();
    Thread[] spinning = new Thread[2 * Runtime.getRuntime().availableProcessors()];
    for (int i = 0; i < spinning.length; i++) {
      spinning[i] = Thread.ofPlatform().start(() -> spin(enough));
    }
    byte[] second = bytes(Task.REGRESSION, "xgboost", drawing, data, 2);
    enough.set(true);
    for (Thread thread : spinning) {
      thread.join();
    }

    assertThat(second).isEqualTo(first);
  }

  /** In turns, so that the training finds an idle core now and then. */
  private static void spin(AtomicBoolean enough) {
    while (!enough.get()) {
      long end = System.nanoTime() + 300_000_000;
      while (System.nanoTime() < end && !enough.get()) {
        Thread.onSpinWait();
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  private static byte[] bytes(Task task, String algorithm, DataSet data, int threads) {
    return bytes(task, algorithm, few(algorithm), data, threads);
  }

  private static byte[] bytes(
      Task task, String algorithm, Map<String, Object> given, DataSet data, int threads) {
    MlEngine engine = new MlEngine(new EngineSettings(threads, 1 << 30));
    TrainingRequest request =
        new TrainingRequest(
            task, algorithm, given, data, 0.25, Sampling.RANDOM, 3, Optional.empty());
    return engine.encode(engine.train(request, ProgressListener.NONE, CancelToken.NEVER).model());
  }

  /** Few rounds: what could differ does so at once. */
  private static Map<String, Object> few(String algorithm) {
    return switch (algorithm) {
      case "kmeans", "linear" -> Map.of();
      case "mlp" -> Map.of("max_iter", 2);
      default -> Map.of("n_estimators", 4);
    };
  }

  private static void trainOn(String algorithm) {
    while (!DONE.get()) {
      NEIGHBOUR.train(
          new TrainingRequest(
              Task.REGRESSION,
              algorithm,
              Map.of("n_estimators", 5),
              OTHER,
              0.25,
              Sampling.RANDOM,
              7,
              Optional.empty()),
          ProgressListener.NONE,
          CancelToken.NEVER);
    }
  }

  private static DataSet rows(int count, long seed) {
    SeededRandom random = new SeededRandom(seed);
    DataSetBuilder builder =
        new DataSetBuilder(Sets.columns(10, ColumnSpec.Type.NUMBER), Long.MAX_VALUE);
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int j = 0; j < 10; j++) {
        double x = random.nextDouble();
        sum += x * j;
        builder.number(x);
      }
      builder.number(Math.floor(sum / 12));
      builder.endRow();
    }
    return builder.build();
  }
}
