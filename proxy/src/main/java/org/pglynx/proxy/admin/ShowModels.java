package org.pglynx.proxy.admin;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SHOW MODELS: the models in memory, ready to answer; the stored ones are in pgml.models. */
final class ShowModels implements Report<ModelRow> {
  private static final Comparator<ModelRow> ORDER =
      Comparator.comparing(ModelRow::database)
          .thenComparing(ModelRow::project)
          .thenComparingLong(ModelRow::id);

  private static final Layout<ModelRow> LAYOUT =
      Layout.<ModelRow>empty()
          .text("database", ModelRow::database)
          .text("project", ModelRow::project)
          .number("model_id", ModelRow::id)
          .text("algorithm", ModelRow::algorithm)
          .number("bytes", ModelRow::bytes)
          .number("predictions", ModelRow::predictions)
          .text("server", ModelRow::server);

  private final AdminView view;

  ShowModels(AdminView view) {
    this.view = view;
  }

  @Override
  public Layout<ModelRow> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<ModelRow>> rows() {
    return CompletableFuture.completedFuture(view.models().stream().sorted(ORDER).toList());
  }
}
