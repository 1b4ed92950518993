package org.pglynx.ml.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.Model;

/** One training: split, search if asked for, fit on the whole training part, score on the rest. */
final class TrainingRun {
  private static final double NANOS = 1e9;

  private final TrainingRequest request;
  private final Split split;
  private final TrainingData data;
  private final FitContext context;

  TrainingRun(TrainingRequest request, Split split, Algorithm algorithm, FitContext context) {
    this.request = request;
    this.context = context;
    algorithm.check(request.task(), request.hyperparams());
    this.split = split;
    this.data =
        new TrainingData(request.data(), request.task(), algorithm, request.preprocess(), split);
  }

  TrainedModel run() {
    Map<String, Object> metrics = new LinkedHashMap<>();
    Map<String, @Nullable Object> hyperparams = new LinkedHashMap<>(request.hyperparams());
    if (request.search().isPresent()) {
      Search search = new Search(request.search().get(), request, data, context);
      Search.Outcome outcome = search.run(split.train());
      hyperparams.putAll(outcome.winner());
      metrics.put("search_results", outcome.results());
    }
    return finish(data, split, hyperparams, metrics, context);
  }

  /** Fits on the training part and scores on the held-out part. */
  static TrainedModel finish(
      TrainingData data,
      Split split,
      Map<String, @Nullable Object> hyperparams,
      Map<String, Object> metrics,
      FitContext context) {
    long start = System.nanoTime();
    Model model = data.fit(split.train(), hyperparams, context);
    Evaluation evaluation = new Evaluation(model);
    metrics.put("fit_time", (System.nanoTime() - start) / NANOS);
    if (split.test().length > 0) {
      long fitted = System.nanoTime();
      metrics.putAll(
          new Scoring(model, data.data(), split.test(), context.cancel(), evaluation).metrics());
      metrics.put("score_time", (System.nanoTime() - fitted) / NANOS);
    }
    return new TrainedModel(
        model, hyperparams, metrics, evaluation.json(), split.train().length, split.test().length);
  }
}
