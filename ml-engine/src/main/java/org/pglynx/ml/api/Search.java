package org.pglynx.ml.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.data.Folds;

/**
 * Finds the best hyperparameters among candidates by cross validation on the training part: the
 * candidate with the highest mean key metric over the folds wins, the first of equals. One that
 * fails is out, and the results say why.
 */
final class Search {
  /**
   * What a search found.
   *
   * @param winner the winning values of the searched hyperparameters
   * @param results PostgresML's search_results
   */
  record Outcome(Map<String, @Nullable Object> winner, Map<String, Object> results) {}

  private final SearchRequest search;
  private final TrainingRequest request;
  private final TrainingData data;
  private final FitContext context;

  Search(SearchRequest search, TrainingRequest request, TrainingData data, FitContext context) {
    this.search = search;
    this.request = request;
    this.data = data;
    this.context = context;
    search.requireApart(request.hyperparams());
  }

  Outcome run(int[] trainRows) {
    List<Map<String, @Nullable Object>> candidates = Candidates.of(search, request.seed());
    Folds folds =
        Folds.of(request.data(), trainRows, search.folds(), request.seed(), request.task());
    SearchResults results = new SearchResults(candidates, search.folds());
    new CrossValidation(data, folds, search.folds(), context)
        .measure(
            candidates.size(), c -> hyperparams(candidates.get(c)), results, "fits of the search");
    return new Outcome(candidates.get(results.best()), results.toJson());
  }

  private Map<String, @Nullable Object> hyperparams(Map<String, @Nullable Object> candidate) {
    Map<String, @Nullable Object> hyperparams = new LinkedHashMap<>(request.hyperparams());
    hyperparams.putAll(candidate);
    return hyperparams;
  }
}
