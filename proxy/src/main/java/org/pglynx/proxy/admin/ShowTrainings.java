package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * SHOW TRAININGS: the trainings that wait or run, the oldest first; past ones are in pgml.models.
 */
final class ShowTrainings implements Report<TrainingRow> {
  private static final Layout<TrainingRow> LAYOUT =
      Layout.<TrainingRow>empty()
          .number("id", TrainingRow::id)
          .text("database", TrainingRow::database)
          .text("user", TrainingRow::user)
          .text("project", TrainingRow::project)
          .number("model_id", TrainingRow::modelId)
          .text("algorithm", TrainingRow::algorithm)
          .text("state", TrainingRow::state)
          .number("rows", TrainingRow::rows)
          .text("rounds", TrainingRow::rounds)
          .number("seconds", TrainingRow::seconds)
          .number("bytes", TrainingRow::bytes)
          .text("server", TrainingRow::server);

  private final AdminView view;

  ShowTrainings(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<TrainingRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<TrainingRow>> rows() {
    return CompletableFuture.completedFuture(view.trainings());
  }
}
