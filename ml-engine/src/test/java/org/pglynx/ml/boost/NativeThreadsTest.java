package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.catalog.Catalogue;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;

/** The threads that a native library computes on leave their core to whoever wants it. */
class NativeThreadsTest {
  private static final int ROWS = 30_000;
  private static final int WIDTH = 5;
  private static final int SCHED_IDLE = 5;
  private static final int NICENESS = 10;

  /** Numbers of proc_pid_stat(5), counted from the field behind the name. */
  private static final int NICE = 16;

  private static final int POLICY = 38;

  @ParameterizedTest
  @ValueSource(strings = {"xgboost", "lightgbm"})
  @EnabledOnOs(OS.LINUX)
  void all_run_where_a_core_would_idle(String algorithm) {
    List<String[]> seen = new ArrayList<>();
    FitContext context =
        new FitContext(
            1, 1, 2, CancelToken.NEVER, (phase, done, total) -> seen.addAll(threads(algorithm)));

    new Catalogue().find(algorithm).fit(table(algorithm), Map.of("n_estimators", 3), context);

    assertThat(seen).hasSizeGreaterThan(3);
    assertThat(seen)
        .allMatch(thread ->
            Integer.parseInt(thread[POLICY]) == SCHED_IDLE
                || Integer.parseInt(thread[NICE]) == NICENESS);
  }

  /** What the system says of those that bear the library's name, which theirs inherit. */
  private static List<String[]> threads(String algorithm) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks
          .map(NativeThreadsTest::stat)
          .filter(stat -> stat.contains("(pglynx-" + algorithm))
          .map(stat -> stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stat(Path task) {
    try {
      return Files.readString(task.resolve("stat"));
    } catch (IOException gone) {
      return "";
    }
  }

  private static TrainingTable table(String algorithm) {
    SeededRandom random = new SeededRandom(1);
    float[] x = new float[ROWS * WIDTH];
    double[] y = new double[ROWS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble();
      y[i / WIDTH] += x[i];
    }
    List<String> names = IntStream.range(0, WIDTH).mapToObj(j -> "x" + j).toList();
    return TrainingTable.of(Task.REGRESSION, algorithm, names, ClassLabels.NONE, x, y);
  }
}
