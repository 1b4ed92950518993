package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scores and times of every candidate and fold, and their summary under PostgresML's names. */
final class SearchResults {
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
  }

  void put(int candidate, int fold, double key, double fitSeconds, double scoreSeconds) {
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
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("params", candidates);
    json.put("n_splits", folds);
    json.put("best_index", best());
    summarise(json, "fit_time", fitTime);
    summarise(json, "score_time", scoreTime);
    summarise(json, "test_score", score);
    for (int fold = 0; fold < folds; fold++) {
      int f = fold;
      json.put("split" + f + "_test_score", Arrays.stream(score).map(s -> s[f]).toList());
    }
    for (String name : candidates.getFirst().keySet()) {
      List<@Nullable Object> values = new ArrayList<>();
      candidates.forEach(candidate -> values.add(candidate.get(name)));
      json.put("param_" + name, values);
    }
    return json;
  }

  private static void summarise(Map<String, Object> json, String name, double[][] values) {
    json.put("mean_" + name, Arrays.stream(values).map(SearchResults::mean).toList());
    json.put("std_" + name, Arrays.stream(values).map(SearchResults::deviation).toList());
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
