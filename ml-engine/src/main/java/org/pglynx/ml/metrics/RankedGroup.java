package org.pglynx.ml.metrics;

import java.util.Arrays;
import java.util.Comparator;

/** Rows of a group in the order of their scores; rows of equal score share their places. */
final class RankedGroup {
  private final double[] relevance;
  private final double[] score;

  /** Relevances, ascending. */
  private final double[] ideal;

  /** Rows, the highest score first. */
  private final Integer[] order;

  /**
   * Orders a group.
   *
   * @param relevance of each row, at least 0
   * @param score of each row
   */
  RankedGroup(double[] relevance, double[] score) {
    this.relevance = relevance;
    this.score = score;
    this.ideal = relevance.clone();
    Arrays.sort(ideal);
    this.order = new Integer[score.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -score[i]));
  }

  /** Whether a row is relevant: only then it can be ordered well or badly. */
  boolean hasRelevant() {
    return ideal.length > 0 && ideal[ideal.length - 1] > 0;
  }

  int size() {
    return order.length;
  }

  /** How many rows of those places are relevant. */
  int relevant(int from, int to) {
    int relevant = 0;
    for (int place = from; place < to; place++) {
      relevant += relevance[order[place]] > 0 ? 1 : 0;
    }
    return relevant;
  }

  /** What the first places gain, of what they could. */
  double ndcg(int top) {
    return gain(top) / best(top);
  }

  private double best(int top) {
    double sum = 0;
    for (int place = 0; place < Math.min(top, ideal.length); place++) {
      sum += ideal[ideal.length - 1 - place] * discount(place);
    }
    return sum;
  }

  private double gain(int top) {
    double sum = 0;
    for (int from = 0; from < order.length; ) {
      int to = endOfTie(from);
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

  /** Where the rows end that share the score of that place. */
  int endOfTie(int from) {
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
