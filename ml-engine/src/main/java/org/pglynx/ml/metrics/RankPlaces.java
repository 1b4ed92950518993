package org.pglynx.ml.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * How good the first places of ranked groups are: means over the groups that have a relevant row,
 * as {@link RankScores} takes them. Rows of equal score share their places; a group that has fewer
 * rows counts with all of them.
 */
public final class RankPlaces {
  /** Nobody looks at more. */
  private static final int PLACES = 10;

  private static final int BARS = 20;

  /**
   * What is among the first rows.
   *
   * @param place how many rows these are
   * @param ndcg of them
   * @param precision the share of them that is relevant
   * @param recall the share of the relevant rows that is among them
   */
  public record Place(int place, double ndcg, double precision, double recall) {}

  private final double[] ndcg = new double[PLACES];
  private final double[] precision = new double[PLACES];
  private final double[] recall = new double[PLACES];
  private final int[] histogram = new int[BARS];
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
    histogram[Math.clamp((int) (group.ndcg(group.size()) * BARS), 0, BARS - 1)]++;
    double relevant = group.relevant(0, group.size());
    for (int i = 0; i < PLACES; i++) {
      int top = i + 1;
      double found = found(group, top);
      ndcg[i] += group.ndcg(top);
      precision[i] += found / Math.min(top, group.size());
      recall[i] += found / relevant;
    }
  }

  /** How many relevant rows are to be expected among the first. */
  private static double found(RankedGroup group, int top) {
    double found = 0;
    for (int from = 0; from < Math.min(top, group.size()); ) {
      int to = group.endOfTie(from);
      found += (double) group.relevant(from, to) * Math.min(to - from, top - from) / (to - from);
      from = to;
    }
    return found;
  }

  /** How many groups have a relevant row. */
  public int groups() {
    return groups;
  }

  /** From the first row alone on; none without groups. */
  public List<Place> places() {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < PLACES && groups > 0; i++) {
      places.add(new Place(i + 1, ndcg[i] / groups, precision[i] / groups, recall[i] / groups));
    }
    return places;
  }

  /** How many groups have which ndcg, in equal parts from 0 to 1. */
  public int[] histogram() {
    return histogram.clone();
  }
}
