package org.pglynx.proxy.admin;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * SHOW PREDICTIONS: how often each project has predicted since the start, for each way, and how
 * long the statements took in microseconds.
 */
final class ShowPredictions implements Report<PredictionRow> {
  private static final Comparator<PredictionRow> ORDER =
      Comparator.comparing(PredictionRow::database)
          .thenComparing(PredictionRow::project)
          .thenComparing(PredictionRow::way)
          .thenComparing(PredictionRow::server);

  private static final Layout<PredictionRow> LAYOUT =
      Percentiles.columns(
              Layout.<PredictionRow>empty()
                  .text("database", PredictionRow::database)
                  .text("project", PredictionRow::project)
                  .text("way", PredictionRow::way)
                  .number("calls", PredictionRow::calls)
                  .number("rows", PredictionRow::rows)
                  .number("rows_per_second", PredictionRow::rowsPerSecond),
              "",
              PredictionRow::times)
          .text("server", PredictionRow::server);

  private final AdminView view;

  ShowPredictions(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<PredictionRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<PredictionRow>> rows() {
    return CompletableFuture.completedFuture(view.predictions().stream().sorted(ORDER).toList());
  }
}
