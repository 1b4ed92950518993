package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.data.Folds;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.ProgressListener;

/**
 * A contest of algorithms under a time budget. All are measured on the same folds with their
 * default hyperparameters, the cheap ones first. Whoever fails, or takes longer than its share of
 * what is left of the time, is out, and the results say why. The best of the others is fitted on
 * the whole training part; when that takes too long, the next one in rank that is quicker.
 */
final class AutoTraining {
  /** For the contest; the rest is for the winner's fit. */
  private static final double CONTEST_SHARE = 0.75;

  /** The winner's fit may overrun a little rather than be thrown away. */
  private static final double LATEST = 1.15;

  private static final double NANOS = 1e9;

  private final TrainingRequest request;
  private final AutoRequest auto;
  private final List<Algorithm> algorithms;
  private final FitContext context;
  private final long start = System.nanoTime();
  private final Split split;
  private final Folds folds;
  private final SearchResults results;
  private final List<@Nullable TrainingData> prepared = new ArrayList<>();
  private final List<@Nullable String> skipped = new ArrayList<>();

  AutoTraining(
      TrainingRequest request,
      Split split,
      AutoRequest auto,
      List<Algorithm> algorithms,
      FitContext context) {
    this.request = request;
    this.auto = auto;
    this.algorithms = algorithms;
    this.context = context;
    this.split = split;
    this.folds =
        Folds.of(request.data(), split.train(), auto.folds(), request.seed(), request.task());
    this.results = new SearchResults(names(algorithms), auto.folds());
  }

  private static List<Map<String, @Nullable Object>> names(List<Algorithm> algorithms) {
    List<Map<String, @Nullable Object>> names = new ArrayList<>();
    for (Algorithm algorithm : algorithms) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("algorithm", algorithm.name());
      names.add(one);
    }
    return names;
  }

  TrainedModel run() {
    for (int i = 0; i < algorithms.size(); i++) {
      prepared.add(null);
      skipped.add(contest(i));
      context.progress().progress("algorithms", i + 1, algorithms.size());
    }
    return crown();
  }

  /** Why the algorithm is out, or null when it was measured on all folds. */
  private @Nullable String contest(int i) {
    double share = share(algorithms.size() - i);
    if (share <= 0) {
      return "no time was left";
    }
    CancelToken until = new Deadline(context.cancel(), nanosFromNow(share));
    String failure =
        attempt(
            "took longer than its share of the time, %.1f s".formatted(share),
            () -> {
              TrainingData data =
                  new TrainingData(
                      request.data(),
                      request.task(),
                      algorithms.get(i),
                      request.preprocess(),
                      split);
              prepared.set(i, data);
              new CrossValidation(data, folds, auto.folds(), within(until))
                  .measure(
                      1,
                      only -> request.hyperparams(),
                      (only, fold, key, fit, score) -> results.put(i, fold, key, fit, score),
                      "fits");
            });
    if (failure != null) {
      results.forget(i);
      return failure;
    }
    return results.measured(i) ? null : "has no " + request.task().keyMetric() + " on some fold";
  }

  private FitContext within(CancelToken until) {
    return new FitContext(context.seed(), context.threads(), until, ProgressListener.NONE);
  }

  /** Seconds for the next of so many that are left. */
  private double share(int left) {
    double remaining = CONTEST_SHARE * auto.seconds() - seconds();
    return left == 1 ? remaining : remaining * Math.min(0.5, 4.0 / left);
  }

  /** Runs it; why it failed, or null. What stops all of the training is thrown. */
  private @Nullable String attempt(String late, Runnable work) {
    try {
      work.run();
      return null;
    } catch (MlException e) {
      context.cancel().check();
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return e.kind() == Kind.CANCELLED ? late : e.getMessage();
    }
  }

  private TrainedModel crown() {
    List<Integer> ranking =
        IntStream.range(0, algorithms.size())
            .filter(i -> skipped.get(i) == null)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -results.score(i)))
            .toList();
    List<TrainedModel> crowned = new ArrayList<>();
    for (int place = 0; place < ranking.size() && crowned.isEmpty(); place++) {
      int i = ranking.get(place);
      boolean last = place == ranking.size() - 1;
      if (!last && results.fitSeconds(i) > secondsLeft()) {
        skipped.set(i, "its fit on all rows would have taken too long");
        continue;
      }
      CancelToken until =
          last ? context.cancel() : new Deadline(context.cancel(), nanosFromNow(secondsLeft()));
      skipped.set(
          i, attempt("its fit on all rows took too long", () -> crowned.add(refit(i, until))));
    }
    if (crowned.isEmpty()) {
      throw nobody();
    }
    return crowned.getFirst();
  }

  private TrainedModel refit(int i, CancelToken until) {
    TrainingData data = prepared.get(i);
    if (data == null) {
      throw new IllegalStateException("algorithm " + i + " was not measured");
    }
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("search_results", results.toJson(i, skipped));
    FitContext all =
        new FitContext(
            context.seed(), context.threads(), context.idleThreads(), until, context.progress());
    return TrainingRun.finish(data, split, request.hyperparams(), metrics, all);
  }

  private MlException nobody() {
    Map<String, List<String>> reasons = new LinkedHashMap<>();
    for (int i = 0; i < algorithms.size(); i++) {
      reasons
          .computeIfAbsent(String.valueOf(skipped.get(i)), reason -> new ArrayList<>())
          .add(algorithms.get(i).name());
    }
    return new MlException(
        Kind.BAD_DATA,
        "none of %d algorithms could be trained".formatted(algorithms.size()),
        reasons.entrySet().stream()
            .map(each -> String.join(", ", each.getValue()) + ": " + each.getKey())
            .collect(Collectors.joining("\n")),
        "Mend the data in a view, or give more time with search_args => '{\"seconds\": 600}'.");
  }

  private double seconds() {
    return (System.nanoTime() - start) / NANOS;
  }

  private double secondsLeft() {
    return LATEST * auto.seconds() - seconds();
  }

  private static long nanosFromNow(double seconds) {
    return System.nanoTime() + (long) (seconds * NANOS);
  }
}
