package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;

/** Scores and times of every candidate and fold, and their summary under PostgresML's names. */
final class SearchResults implements CrossValidation.Sink {
  /** Where the messages of candidates that failed are. */
  static final String ERRORS = "errors";

  /** Of different failures, as many are told. */
  private static final int REASONS = 10;

  private final List<Map<String, @Nullable Object>> candidates;
  private final int folds;
  private final double[][] score;
  private final double[][] fitTime;
  private final double[][] scoreTime;
  private final ConcurrentSkipListMap<Integer, MlException> failures =
      new ConcurrentSkipListMap<>();

  SearchResults(List<Map<String, @Nullable Object>> candidates, int folds) {
    this.candidates = candidates;
    this.folds = folds;
    this.score = new double[candidates.size()][folds];
    this.fitTime = new double[candidates.size()][folds];
    this.scoreTime = new double[candidates.size()][folds];
    for (int i = 0; i < candidates.size(); i++) {
      forget(i);
    }
  }

  /** What was not measured on every fold counts for nothing. */
  void forget(int candidate) {
    Arrays.fill(score[candidate], Double.NaN);
    Arrays.fill(fitTime[candidate], Double.NaN);
    Arrays.fill(scoreTime[candidate], Double.NaN);
  }

  /** Whether there is a score of every fold. */
  boolean measured(int candidate) {
    return !Double.isNaN(score(candidate));
  }

  /** The mean score. */
  double score(int candidate) {
    return mean(score[candidate]);
  }

  /** The longest fit. */
  double fitSeconds(int candidate) {
    return Arrays.stream(fitTime[candidate]).max().orElse(0);
  }

  /** Keeps what a fold gave; from any thread, each candidate and fold once. */
  @Override
  public void put(int candidate, int fold, double key, double fitSeconds, double scoreSeconds) {
    score[candidate][fold] = key;
    fitTime[candidate][fold] = fitSeconds;
    scoreTime[candidate][fold] = scoreSeconds;
  }

  /** Keeps why the candidate is out, like scikit-learn's error_score: others may win. */
  @Override
  public void failed(int candidate, MlException failure) {
    failures.putIfAbsent(candidate, failure);
  }

  @Override
  public boolean wants(int candidate) {
    return !failures.containsKey(candidate);
  }

  /**
   * The candidate with the highest mean score. A mean that is no number (no score on some fold)
   * loses against every number; without any, the first that did not fail wins.
   *
   * @throws MlException the first failure, when all candidates failed
   */
  int best() {
    failures.keySet().forEach(this::forget);
    int best = -1;
    for (int c = 0; c < score.length; c++) {
      if (wants(c) && (best < 0 || better(mean(score[c]), mean(score[best])))) {
        best = c;
      }
    }
    if (best < 0) {
      throw allFailed();
    }
    return best;
  }

  private static boolean better(double mean, double than) {
    return mean > than || Double.isNaN(than) && !Double.isNaN(mean);
  }

  private MlException allFailed() {
    MlException first = failures.firstEntry().getValue();
    if (candidates.size() == 1) {
      return first;
    }
    String reasons =
        failures.values().stream()
            .map(MlException::getMessage)
            .distinct()
            .limit(REASONS)
            .collect(Collectors.joining("\n"));
    return new MlException(
        first.kind(),
        "all %d candidates of the search failed".formatted(candidates.size()),
        reasons,
        first.hint());
  }

  /** The results of a search; errors are there only when some candidate failed. */
  Map<String, Object> toJson() {
    Map<String, Object> json = toJson(best());
    if (!failures.isEmpty()) {
      List<@Nullable String> errors = new ArrayList<>();
      for (int c = 0; c < candidates.size(); c++) {
        MlException failure = failures.get(c);
        errors.add(failure == null ? null : failure.getMessage());
      }
      json.put(ERRORS, errors);
    }
    return json;
  }

  /**
   * The results of a contest.
   *
   * @param skipped why candidates are out, null for those that are not
   */
  Map<String, Object> toJson(int best, List<@Nullable String> skipped) {
    Map<String, Object> json = toJson(best);
    json.put("skipped", skipped);
    return json;
  }

  private Map<String, Object> toJson(int best) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("params", candidates);
    json.put("n_splits", folds);
    json.put("best_index", best);
    summarise(json, "fit_time", fitTime);
    summarise(json, "score_time", scoreTime);
    summarise(json, "test_score", score);
    for (int fold = 0; fold < folds; fold++) {
      int f = fold;
      json.put("split" + f + "_test_score", numbers(score, s -> s[f]));
    }
    for (String name : candidates.getFirst().keySet()) {
      List<@Nullable Object> values = new ArrayList<>();
      candidates.forEach(candidate -> values.add(candidate.get(name)));
      json.put("param_" + name, values);
    }
    return json;
  }

  private static void summarise(Map<String, Object> json, String name, double[][] values) {
    json.put("mean_" + name, numbers(values, SearchResults::mean));
    json.put("std_" + name, numbers(values, SearchResults::deviation));
  }

  /** JSON has no NaN: what was not measured is null. */
  private static List<@Nullable Double> numbers(
      double[][] values, ToDoubleFunction<double[]> summary) {
    List<@Nullable Double> numbers = new ArrayList<>();
    for (double[] each : values) {
      double number = summary.applyAsDouble(each);
      numbers.add(Double.isNaN(number) ? null : Double.valueOf(number));
    }
    return numbers;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / values.length);
  }
}
