package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.data.Folds;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;

/**
 * Finds the best hyperparameters among candidates by cross validation on the training part: the
 * candidate with the highest mean key metric over the folds wins, the first of equals.
 */
final class Search {
  private static final int MAX_CANDIDATES = 10_000;
  private static final double NANOS = 1e9;

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
    for (String name : search.params().keySet()) {
      if (request.hyperparams().containsKey(name)) {
        throw new MlException(
            Kind.BAD_ARGUMENT,
            ("`%s` cannot be present in both hyperparams and search_params. "
                    + "Please choose one or the other.")
                .formatted(name));
      }
    }
  }

  Outcome run(int[] trainRows) {
    List<Map<String, @Nullable Object>> candidates = candidates();
    Folds folds = Folds.of(request.data(), trainRows, search.folds(), request.seed());
    SearchResults results = new SearchResults(candidates, search.folds());
    for (int c = 0; c < candidates.size(); c++) {
      for (int fold = 0; fold < search.folds(); fold++) {
        measure(results, c, fold, candidates.get(c), folds.fold(fold));
      }
      context.progress().progress("search candidates", c + 1, candidates.size());
    }
    return new Outcome(candidates.get(results.best()), results.toJson());
  }

  private void measure(
      SearchResults results,
      int candidate,
      int fold,
      Map<String, @Nullable Object> values,
      Split rows) {
    Map<String, @Nullable Object> hyperparams = new LinkedHashMap<>(request.hyperparams());
    hyperparams.putAll(values);
    long start = System.nanoTime();
    Model model = data.fit(rows.train(), hyperparams, context);
    long fitted = System.nanoTime();
    Map<String, Double> scores =
        new Scoring(model, data.data(), rows.test(), context.cancel()).metrics();
    long scored = System.nanoTime();
    double key = scores.getOrDefault(data.task().keyMetric(), Double.NaN);
    results.put(candidate, fold, key, (fitted - start) / NANOS, (scored - fitted) / NANOS);
  }

  private List<Map<String, @Nullable Object>> candidates() {
    List<Map<String, @Nullable Object>> grid = grid();
    if (search.kind() == SearchRequest.Kind.GRID || search.iterations() >= grid.size()) {
      return grid;
    }
    SeededRandom random = new SeededRandom(request.seed());
    List<Map<String, @Nullable Object>> chosen = new ArrayList<>();
    while (chosen.size() < search.iterations()) {
      chosen.add(grid.remove(random.nextInt(grid.size())));
    }
    return chosen;
  }

  private List<Map<String, @Nullable Object>> grid() {
    List<Map<String, @Nullable Object>> grid = new ArrayList<>();
    grid.add(Map.of());
    for (Map.Entry<String, List<@Nullable Object>> param : search.params().entrySet()) {
      List<Map<String, @Nullable Object>> wider = new ArrayList<>();
      for (Map<String, @Nullable Object> row : grid) {
        for (@Nullable Object value : param.getValue()) {
          Map<String, @Nullable Object> next = new LinkedHashMap<>(row);
          next.put(param.getKey(), value);
          wider.add(next);
        }
      }
      grid = wider;
      requireSize(grid.size());
    }
    return grid;
  }

  private static void requireSize(int size) {
    if (size == 0 || size > MAX_CANDIDATES) {
      throw new MlException(
          Kind.BAD_ARGUMENT,
          "search_params give %d candidates".formatted(size),
          "Give 1 to %d: at least one value for every name.".formatted(MAX_CANDIDATES),
          null);
    }
  }
}
