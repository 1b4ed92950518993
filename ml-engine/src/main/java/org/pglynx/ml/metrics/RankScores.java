package org.pglynx.ml.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How well scores order the rows of groups by relevance: means over the groups that have a relevant
 * row, as others cannot be ordered well or badly. The gain of a row is its relevance, and rows of
 * equal score share their places, as scikit-learn's ndcg_score and average_precision_score have it.
 */
public final class RankScores {
  private static final int TOP = 10;

  private double ndcg;
  private double ndcgOfTop;
  private double precision;
  private int groups;

  /**
   * Adds a group.
   *
   * @param relevance of each row, at least 0
   * @param score of each row
   */
  public void add(double[] relevance, double[] score) {
    double[] ideal = relevance.clone();
    Arrays.sort(ideal);
    if (ideal.length == 0 || ideal[ideal.length - 1] <= 0) {
      return;
    }
    Integer[] order = new Integer[score.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -score[i]));
    groups++;
    ndcg += gain(relevance, score, order, order.length) / best(ideal, order.length);
    ndcgOfTop += gain(relevance, score, order, TOP) / best(ideal, TOP);
    precision += averagePrecision(relevance, score, order);
  }

  /** ndcg, ndcg@10 and map; none when no group has a relevant row. */
  public Map<String, Double> scores() {
    Map<String, Double> scores = new LinkedHashMap<>();
    if (groups > 0) {
      scores.put("ndcg", ndcg / groups);
      scores.put("ndcg@" + TOP, ndcgOfTop / groups);
      scores.put("map", precision / groups);
    }
    return scores;
  }

  static double best(double[] ascending, int top) {
    double sum = 0;
    for (int place = 0; place < Math.min(top, ascending.length); place++) {
      sum += ascending[ascending.length - 1 - place] * discount(place);
    }
    return sum;
  }

  static double gain(double[] relevance, double[] score, Integer[] order, int top) {
    double sum = 0;
    for (int from = 0; from < order.length; ) {
      int to = endOfTie(score, order, from);
      double relevances = 0;
      double discounts = 0;
      for (int place = from; place < to; place++) {
        relevances += relevance[order[place]];
        discounts += place < top ? discount(place) : 0;
      }
      sum += relevances / (to - from) * discounts;
      from = to;
    }
    return sum;
  }

  /** The precision at each score, weighted by the recall that is gained there. */
  private static double averagePrecision(double[] relevance, double[] score, Integer[] order) {
    double sum = 0;
    int relevant = 0;
    for (int from = 0; from < order.length; ) {
      int to = endOfTie(score, order, from);
      int before = relevant;
      for (int place = from; place < to; place++) {
        relevant += relevance[order[place]] > 0 ? 1 : 0;
      }
      sum += (relevant - before) * (double) relevant / to;
      from = to;
    }
    return sum / relevant;
  }

  static int endOfTie(double[] score, Integer[] order, int from) {
    int to = from + 1;
    while (to < order.length && score[order[to]] == score[order[from]]) {
      to++;
    }
    return to;
  }

  private static double discount(int place) {
    return Math.log(2) / Math.log(place + 2);
  }
}
