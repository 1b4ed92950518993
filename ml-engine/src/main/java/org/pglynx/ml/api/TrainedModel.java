package org.pglynx.ml.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Model;

/**
 * The outcome of a training run.
 *
 * @param model the model, fitted on the training part
 * @param hyperparams what the caller gave, with the winner of a search merged in
 * @param metrics on the held-out part by PostgresML's names; numbers, and the JSON object {@code
 *     search_results} after a search. Without held-out rows only fit_time
 * @param evaluation what charts of the model's errors on the held-out part show; empty where there
 *     is nothing to show
 * @param trainRows rows learnt from
 * @param testRows rows held out
 */
public record TrainedModel(
    Model model,
    Map<String, @Nullable Object> hyperparams,
    Map<String, Object> metrics,
    Map<String, Object> evaluation,
    int trainRows,
    int testRows) {
  /** The metric by which models of this task are compared, or null when it was not measured. */
  public @Nullable Double keyMetric() {
    return metrics.get(model.task().keyMetric()) instanceof Number number
        ? Double.valueOf(number.doubleValue())
        : null;
  }

  /** Why candidates of a search could not be trained, by candidate; empty where all could. */
  public List<String> failures() {
    return metrics.get("search_results") instanceof Map<?, ?> results
            && results.get(SearchResults.ERRORS) instanceof List<?> errors
        ? errors.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }
}
