package org.pglynx.proxy.admin;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.util.List;
import java.util.Map;
import org.pglynx.proxy.stats.Exposition;

/** The metrics of machine learning. */
final class MlMetrics {
  /** All that a training can be in, so that a graph falls to 0. */
  private static final List<String> STATES = List.of("queued", "reading", "training", "storing");

  private MlMetrics() {}

  static void write(Exposition out, AdminView view) {
    Map<String, Long> states =
        view.trainings().stream().collect(groupingBy(TrainingRow::state, counting()));
    for (String state : STATES) {
      out.gauge(
          "pglynx_trainings",
          "Trainings that wait or run.",
          Labels.of("state", state),
          states.getOrDefault(state, 0L));
    }
    TrainingTotals ended = view.trainingTotals();
    String help = "Trainings that have ended.";
    out.counter("pglynx_trainings_total", help, Labels.of("outcome", "done"), ended.done());
    out.counter("pglynx_trainings_total", help, Labels.of("outcome", "failed"), ended.failed());
    view.predictions().forEach(row -> predictions(out, row));
    out.gauge("pglynx_models", "Models in memory.", Map.of(), view.models().size());
    out.gauge(
        "pglynx_models_bytes",
        "Heap that models take.",
        Map.of(),
        view.models().stream().mapToLong(ModelRow::bytes).sum());
  }

  private static void predictions(Exposition out, PredictionRow row) {
    Map<String, String> labels =
        Labels.of(
            "database", row.database(),
            "project", row.project(),
            "way", row.way(),
            "server", row.server());
    out.histogram(
        "pglynx_prediction_seconds",
        "How long statements with predictions took.",
        labels,
        row.times(),
        row.nanos());
    out.counter(
        "pglynx_prediction_calls_total", "Statements with predictions.", labels, row.calls());
    out.counter("pglynx_predictions_total", "Rows predicted.", labels, row.rows());
  }
}
