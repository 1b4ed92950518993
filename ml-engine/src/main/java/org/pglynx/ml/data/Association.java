package org.pglynx.ml.data;

import java.util.HashMap;
import java.util.Map;

/**
 * How two columns go together, over the rows that have both.
 *
 * @param measure what the strength is; it depends on which of the two are texts
 * @param strength from -1 to 1 for numbers, else from 0 to 1; NaN where nothing varies
 */
public record Association(Measure measure, double strength) {
  /** More pairs of texts are not counted. */
  private static final int MOST_PAIRS = 1 << 20;

  /** What is measured. */
  public enum Measure {
    /** Of two numbers: Pearson's correlation. */
    PEARSON("pearson"),
    /** Of a number and a text: the correlation ratio, which is the root of the explained share. */
    ETA("eta"),
    /** Of two texts: Cramér's V. */
    CRAMER("cramers_v");

    private final String text;

    Measure(String text) {
      this.text = text;
    }

    /** The name in pgml.snapshots.columns. */
    public String text() {
      return text;
    }
  }

  /** A value of a row; NaN is missing. */
  @FunctionalInterface
  interface Values {
    double of(int row);
  }

  /** Measures; nothing of the columns is copied, as they may be long. */
  static Association of(
      int rows, Values first, boolean firstText, Values second, boolean secondText) {
    if (firstText && secondText) {
      return new Association(Measure.CRAMER, cramer(rows, first, second));
    }
    if (firstText || secondText) {
      Values code = firstText ? first : second;
      Values value = firstText ? second : first;
      return new Association(Measure.ETA, eta(rows, value, code));
    }
    return new Association(Measure.PEARSON, pearson(rows, first, second));
  }

  private static double pearson(int rows, Values first, Values second) {
    // Sums of distances from any of the values: where nothing varies they are 0, not a rounding.
    double x = any(rows, first);
    double y = any(rows, second);
    double xs = 0;
    double ys = 0;
    int both = 0;
    for (int i = 0; i < rows; i++) {
      double one = first.of(i) - x;
      double other = second.of(i) - y;
      if (!Double.isNaN(one) && !Double.isNaN(other)) {
        both++;
        xs += one;
        ys += other;
      }
    }
    x += xs / both;
    y += ys / both;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < rows; i++) {
      double one = first.of(i) - x;
      double other = second.of(i) - y;
      if (!Double.isNaN(one) && !Double.isNaN(other)) {
        xx += one * one;
        yy += other * other;
        xy += one * other;
      }
    }
    return xx > 0 && yy > 0 ? Math.clamp(xy / Math.sqrt(xx) / Math.sqrt(yy), -1, 1) : Double.NaN;
  }

  private static double any(int rows, Values values) {
    for (int i = 0; i < rows; i++) {
      if (!Double.isNaN(values.of(i))) {
        return values.of(i);
      }
    }
    return Double.NaN;
  }

  /** Sums of a group. */
  private static final class Group {
    private int rows;
    private double mean;

    void add(double value) {
      rows++;
      mean += (value - mean) / rows;
    }
  }

  private static double eta(int rows, Values values, Values codes) {
    Map<Integer, Group> groups = new HashMap<>();
    Group all = new Group();
    for (int i = 0; i < rows; i++) {
      double value = values.of(i);
      double code = codes.of(i);
      if (!Double.isNaN(value) && !Double.isNaN(code)) {
        groups.computeIfAbsent((int) code, fresh -> new Group()).add(value);
        all.add(value);
      }
    }
    double between = 0;
    for (Group each : groups.values()) {
      between += each.rows * (each.mean - all.mean) * (each.mean - all.mean);
    }
    double total = 0;
    for (int i = 0; i < rows; i++) {
      double away = values.of(i) - all.mean;
      if (!Double.isNaN(away) && !Double.isNaN(codes.of(i))) {
        total += away * away;
      }
    }
    return total > 0 ? Math.sqrt(Math.min(1, between / total)) : Double.NaN;
  }

  private static double cramer(int all, Values first, Values second) {
    Map<Integer, Integer> rows = new HashMap<>();
    Map<Integer, Integer> columns = new HashMap<>();
    Map<Long, Integer> pairs = new HashMap<>();
    for (int i = 0; i < all; i++) {
      if (!Double.isNaN(first.of(i)) && !Double.isNaN(second.of(i))) {
        int one = (int) first.of(i);
        int other = (int) second.of(i);
        rows.merge(one, 1, Integer::sum);
        columns.merge(other, 1, Integer::sum);
        pairs.merge((long) one << Integer.SIZE | other & 0xFFFF_FFFFL, 1, Integer::sum);
        if (pairs.size() > MOST_PAIRS) {
          return Double.NaN;
        }
      }
    }
    int smaller = Math.min(rows.size(), columns.size());
    if (smaller < 2) {
      return Double.NaN;
    }
    // Chi squared by n is the sum of the squared shares over what independence gives, less one.
    double sum = 0;
    for (Map.Entry<Long, Integer> pair : pairs.entrySet()) {
      double row = rows.getOrDefault((int) (pair.getKey() >> Integer.SIZE), 0);
      double column = columns.getOrDefault(pair.getKey().intValue(), 0);
      double count = pair.getValue();
      sum += count * count / (row * column);
    }
    return Math.sqrt(Math.clamp((sum - 1) / (smaller - 1), 0, 1));
  }
}
