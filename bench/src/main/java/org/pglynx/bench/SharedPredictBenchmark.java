package org.pglynx.bench;

import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;
import org.pglynx.ml.model.Model;

/**
 * Whether predictions of different sessions are cheaper together (ADR 0264). {@code blockOf…} is
 * what could be won if putting rows together cost nothing; {@code together} is the cheapest way to
 * do it between two event loops, flat combining: who comes first takes the rows of all that wait,
 * nobody sleeps and nothing is queued. All times are for one row; 100 trees of depth 6.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class SharedPredictBenchmark {
  private static final int FEATURES = BenchModel.FEATURES;
  private static final int ROWS = 4096;
  private static final int LOOPS = 2;

  /** Slots are a cache line apart. */
  private static final int APART = 32;

  private @Nullable Model model;
  private float[] rows = {};
  private final float[] predictions = new float[ROWS];

  private final float[] few = new float[16 * FEATURES];
  private final float[] fewAnswers = new float[16];

  private final AtomicBoolean combining = new AtomicBoolean();
  private final AtomicIntegerArray asked = new AtomicIntegerArray(LOOPS * APART);
  private final float[] answers = new float[LOOPS * APART];
  private final float[] block = new float[LOOPS * FEATURES];
  private final float[] blockAnswers = new float[LOOPS];

  /** Trains on noisy data of a fixed seed. */
  @Setup(Level.Trial)
  public void train() {
    Random random = new Random(42);
    Map<String, Object> forest = Map.of("n_estimators", 100L, "max_depth", 6L);
    model = BenchModel.train("xgboost", forest, random);
    rows = BenchModel.rows(ROWS, random);
  }

  private Model trained() {
    return Objects.requireNonNull(model, "train() runs first");
  }

  /** Where each thread is among the rows. */
  @State(Scope.Thread)
  public static class Place {
    private int slot;
    private int next;

    /** Finds the thread's slot. */
    @Setup(Level.Trial)
    public void find(ThreadParams threads) {
      slot = threads.getThreadIndex();
      next = slot * ROWS / LOOPS;
    }

    int row() {
      next = (next + 1) % ROWS;
      return next;
    }
  }

  // ---- what could be won ---------------------------------------------------------------------

  private float[] blocks(int size) {
    Model asking = trained();
    for (int i = 0; i < ROWS; i += size) {
      System.arraycopy(rows, i * FEATURES, few, 0, size * FEATURES);
      asking.predict(few, size, fewAnswers);
      predictions[i] = fewAnswers[0];
    }
    return predictions;
  }

  /** Two sessions' rows. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] blockOf02() {
    return blocks(2);
  }

  /** Four. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] blockOf04() {
    return blocks(4);
  }

  /** Eight: as many as go through a tree side by side. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] blockOf08() {
    return blocks(8);
  }

  /** Sixteen. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] blockOf16() {
    return blocks(16);
  }

  // ---- two event loops -----------------------------------------------------------------------

  /** As it is: each loop predicts its own session's row. */
  @Benchmark
  @Threads(LOOPS)
  public float alone(Place place) {
    return trained().predict(rows, place.row() * FEATURES);
  }

  /** Rows are put together. */
  @Benchmark
  @Threads(LOOPS)
  public float together(Place place) {
    int slot = place.slot * APART;
    asked.setRelease(slot, place.row() + 1);
    while (asked.getAcquire(slot) != 0) {
      if (!combining.getPlain() && combining.compareAndSet(false, true)) {
        combine();
        combining.setRelease(false);
      } else {
        Thread.onSpinWait();
      }
    }
    return answers[slot];
  }

  private void combine() {
    int first = -1;
    int count = 0;
    for (int i = 0; i < LOOPS; i++) {
      int row = asked.getAcquire(i * APART) - 1;
      if (row >= 0) {
        System.arraycopy(rows, row * FEATURES, block, count * FEATURES, FEATURES);
        first = first < 0 ? i : first;
        count++;
      }
    }
    if (count == 0) {
      return;
    }
    trained().predict(block, count, blockAnswers);
    for (int i = first, answered = 0; answered < count; i++, answered++) {
      answers[i * APART] = blockAnswers[answered];
      asked.setRelease(i * APART, 0);
    }
  }
}
