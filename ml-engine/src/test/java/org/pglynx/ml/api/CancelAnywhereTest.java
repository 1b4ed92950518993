package org.pglynx.ml.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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

/**
 * Cancels trainings of every algorithm at random points of their time, and looks how long each goes
 * on. By default a few points, with a bound that a busy machine keeps. What is promised is a second
 * on a quiet one:
 *
 * <pre>
 *   mvn -pl ml-engine test -Dtest=CancelAnywhereTest
 *       -Dcancel.rows=50000 -Dcancel.points=20 -Dcancel.longest=10 -Dcancel.bound=1
 * </pre>
 */
class CancelAnywhereTest {
  private static final int ROWS = Integer.getInteger("cancel.rows", 1500);
  private static final int POINTS = Integer.getInteger("cancel.points", 2);

  /** Seconds after which a training has been looked at for long enough. */
  private static final double LONGEST =
      Double.parseDouble(System.getProperty("cancel.longest", "0.6"));

  private static final double BOUND = Double.parseDouble(System.getProperty("cancel.bound", "8"));
  private static final int WIDTH = 12;
  private static final double NANOS = 1e9;

  private final MlEngine engine = new MlEngine(new EngineSettings(2, 1 << 30));
  private final SeededRandom random = new SeededRandom(7);

  static Stream<Arguments> algorithms() {
    return new MlEngine(EngineSettings.defaults())
        .algorithms().stream()
            .flatMap(info -> info.tasks().stream().map(task -> Arguments.of(info.name(), task)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("algorithms")
  void aFitStopsSoonAfterItsCancel(String algorithm, Task task) {
    cancelAtRandomPoints(request(algorithm, task, Optional.empty(), Optional.empty()));
  }

  @Test
  void aSearchStopsSoonAfterItsCancel() {
    SearchRequest search =
        SearchRequest.of(
            SearchRequest.Kind.RANDOM,
            JsonObjects.parse("{\"max_depth\": {\"min\": 2, \"max\": 9}}", "search_params"),
            Map.of("n_iter", 8));

    cancelAtRandomPoints(
        request("random_forest", Task.CLASSIFICATION, Optional.of(search), Optional.empty()));
    cancelAtRandomPoints(
        request("xgboost", Task.REGRESSION, Optional.of(search), Optional.empty()));
  }

  @Test
  void aContestStopsSoonAfterItsCancel() {
    AutoRequest auto = AutoRequest.of(JsonObjects.parse("{\"seconds\": 20}", "search_args"));

    cancelAtRandomPoints(
        request(AutoRequest.NAME, Task.CLASSIFICATION, Optional.empty(), Optional.of(auto)));
  }

  private void cancelAtRandomPoints(TrainingRequest request) {
    double whole = Math.min(LONGEST, seconds(request, LONGEST));
    for (int point = 0; point < POINTS; point++) {
      double at = random.nextDouble() * whole;
      assertThat(seconds(request, at) - at)
          .as("seconds after a cancel at %.3f of %.3f s", at, whole)
          .isLessThan(BOUND);
    }
  }

  /** How long a training took that was cancelled after so many seconds, unless it was done. */
  private double seconds(TrainingRequest request, double cancelAt) {
    long begin = System.nanoTime();
    CancelToken cancel = () -> (System.nanoTime() - begin) / NANOS > cancelAt;
    try {
      engine.train(request, ProgressListener.NONE, cancel);
    } catch (MlException e) {
      assumeFalse(e.kind() == MlException.Kind.BAD_DATA && ROWS > 1500, e.getMessage());
      assertThat(e.kind()).as("%s", e.getMessage()).isEqualTo(MlException.Kind.CANCELLED);
    }
    return (System.nanoTime() - begin) / NANOS;
  }

  private static TrainingRequest request(
      String algorithm, Task task, Optional<SearchRequest> search, Optional<AutoRequest> auto) {
    return new TrainingRequest(
        task,
        algorithm,
        Map.of(),
        data(task),
        0.25,
        Sampling.LAST,
        3,
        search,
        Preprocess.NONE,
        auto);
  }

  /** Clouds around four points; all features positive, as some algorithms want. */
  private static DataSet data(Task task) {
    DataSetBuilder builder = new DataSetBuilder(columns(task), Long.MAX_VALUE);
    SeededRandom random = new SeededRandom(1);
    for (int i = 0; i < ROWS; i++) {
      int cloud = random.nextInt(4);
      for (int j = 0; j < WIDTH; j++) {
        builder.number(random.nextDouble() + (j % 4 == cloud ? 1 : 0));
      }
      if (task == Task.RANK) {
        byte[] group = Integer.toString(i / 10).getBytes(StandardCharsets.UTF_8);
        builder.text(group, 0, group.length);
      }
      if (task.supervised()) {
        builder.number(task == Task.REGRESSION ? cloud + random.nextDouble() : cloud);
      }
      builder.endRow();
    }
    return builder.build();
  }

  private static List<ColumnSpec> columns(Task task) {
    List<ColumnSpec> columns = new ArrayList<>();
    for (int j = 0; j < WIDTH; j++) {
      columns.add(ColumnSpec.feature("x" + j));
    }
    if (task == Task.RANK) {
      columns.add(ColumnSpec.group("query"));
    }
    if (task.supervised()) {
      columns.add(ColumnSpec.label("y", ColumnSpec.Type.NUMBER));
    }
    return columns;
  }
}
