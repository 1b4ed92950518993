package org.pglynx.ml.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is left of the truth when the prediction is taken from it.
 *
 * @param low the smallest
 * @param high the largest
 * @param histogram how many lie in each of 20 equal parts between them
 * @param bands rows with like predictions, from the smallest prediction to the largest
 */
public record Residuals(double low, double high, List<Integer> histogram, List<Band> bands) {
  private static final int BINS = 20;

  /** Fewer say nothing about a band. */
  private static final int LEAST_ROWS = 5;

  /**
   * A twentieth of the rows, by their predictions; more of few rows.
   *
   * @param rows how many
   * @param predicted the mean prediction
   * @param actual the mean truth
   * @param quantiles of the residuals: 5, 25, 50, 75 and 95 %
   */
  public record Band(int rows, double predicted, double actual, List<Double> quantiles) {
    /** Copies the quantiles. */
    public Band {
      quantiles = List.copyOf(quantiles);
    }
  }

  /** Copies the lists. */
  public Residuals {
    histogram = List.copyOf(histogram);
    bands = List.copyOf(bands);
  }

  /** The residuals of these rows, at least one. */
  public static Residuals of(double[] truth, double[] predicted) {
    double[] residual = new double[truth.length];
    Arrays.setAll(residual, i -> truth[i] - predicted[i]);
    double low = Arrays.stream(residual).min().orElse(0);
    double high = Arrays.stream(residual).max().orElse(0);
    return new Residuals(
        low, high, histogram(residual, low, high), bands(truth, predicted, residual));
  }

  private static List<Integer> histogram(double[] residual, double low, double high) {
    int[] counts = new int[BINS];
    for (double each : residual) {
      int bin = high > low ? (int) ((each - low) / (high - low) * BINS) : 0;
      counts[Math.clamp(bin, 0, BINS - 1)]++;
    }
    return Arrays.stream(counts).boxed().toList();
  }

  private static List<Band> bands(double[] truth, double[] predicted, double[] residual) {
    int[] order =
        IntStream.range(0, truth.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> predicted[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    List<Band> bands = new ArrayList<>();
    int count = Math.clamp(order.length / LEAST_ROWS, 1, BINS);
    for (int b = 0; b < count; b++) {
      int from = (int) ((long) b * order.length / count);
      int to = (int) ((long) (b + 1) * order.length / count);
      bands.add(band(Arrays.copyOfRange(order, from, to), truth, predicted, residual));
    }
    return bands;
  }

  private static Band band(int[] rows, double[] truth, double[] predicted, double[] residual) {
    double[] sorted = Arrays.stream(rows).mapToDouble(row -> residual[row]).sorted().toArray();
    return new Band(
        rows.length,
        Arrays.stream(rows).mapToDouble(row -> predicted[row]).average().orElse(0),
        Arrays.stream(rows).mapToDouble(row -> truth[row]).average().orElse(0),
        List.of(
            quantile(sorted, 0.05),
            quantile(sorted, 0.25),
            quantile(sorted, 0.5),
            quantile(sorted, 0.75),
            quantile(sorted, 0.95)));
  }

  /** Between the neighbours, as numpy's and percentile_cont's. */
  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
