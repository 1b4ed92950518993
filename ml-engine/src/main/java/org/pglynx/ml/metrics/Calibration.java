package org.pglynx.ml.metrics;

import java.util.ArrayList;
import java.util.List;

/** Whether a class is as frequent as its predicted probabilities say. */
public final class Calibration {
  private static final int BINS = 10;

  /**
   * Rows whose predicted probability lies in a tenth of 0 … 1.
   *
   * @param rows how many
   * @param predicted the mean of their predicted probabilities
   * @param observed the share of members of the class among them
   */
  public record Bin(int rows, double predicted, double observed) {}

  private Calibration() {}

  /** The bins that have rows, in the order of the probability. */
  public static List<Bin> of(boolean[] member, float[] probability) {
    int[] rows = new int[BINS];
    int[] members = new int[BINS];
    double[] sum = new double[BINS];
    for (int i = 0; i < member.length; i++) {
      int bin = Math.clamp((int) ((double) probability[i] * BINS), 0, BINS - 1);
      rows[bin]++;
      members[bin] += member[i] ? 1 : 0;
      sum[bin] += probability[i];
    }
    List<Bin> bins = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      if (rows[b] > 0) {
        bins.add(new Bin(rows[b], sum[b] / rows[b], (double) members[b] / rows[b]));
      }
    }
    return bins;
  }
}
