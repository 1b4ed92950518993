package org.pglynx.ml.metrics;

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
    RankedGroup group = new RankedGroup(relevance, score);
    if (!group.hasRelevant()) {
      return;
    }
    groups++;
    ndcg += group.ndcg(group.size());
    ndcgOfTop += group.ndcg(TOP);
    precision += averagePrecision(group);
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

  /** The precision at each score, weighted by the recall that is gained there. */
  private static double averagePrecision(RankedGroup group) {
    double sum = 0;
    int relevant = 0;
    for (int from = 0; from < group.size(); ) {
      int to = group.endOfTie(from);
      int before = relevant;
      relevant += group.relevant(from, to);
      sum += (relevant - before) * (double) relevant / to;
      from = to;
    }
    return sum / relevant;
  }
}
