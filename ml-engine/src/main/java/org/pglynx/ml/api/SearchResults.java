package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Scores and times of every candidate and fold, and their summary under PostgresML's names. */
final class SearchResults implements CrossValidation.Sink {
  private final List<Map<String, @Nullable Object>> candidates;
  private final int folds;
  private final double[][] score;
  private final double[][] fitTime;
  private final double[][] scoreTime;

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

  /** The candidate with the highest mean score. */
  int best() {
    int best = 0;
    for (int c = 1; c < score.length; c++) {
      // A NaN mean (no score on some fold) never wins, and loses against every number.
      double mean = mean(score[c]);
      boolean better = mean > mean(score[best]) || Double.isNaN(mean(score[best]));
      best = better && !Double.isNaN(mean) ? c : best;
    }
    return best;
  }

  Map<String, Object> toJson() {
    return toJson(best());
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
