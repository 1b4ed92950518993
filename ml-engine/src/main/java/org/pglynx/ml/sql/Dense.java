package org.pglynx.ml.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Products of matrices with rows, in float64, in the order in which the engine adds. */
public final class Dense {
  /** The server holds about 3 kB a term in each session. */
  private static final int MAX_TERMS = 20_000;

  private final SqlBlock out;

  /** Written into the block. */
  public Dense(SqlBlock out) {
    this.out = out;
  }

  /** Why so many terms cannot be written; null if they can. */
  public static @Nullable String tooLarge(long terms) {
    return terms <= MAX_TERMS
        ? null
        : "its %d numbers are more than the %d that the server can hold in a function"
            .formatted(terms, MAX_TERMS);
  }

  /**
   * Weighted sums.
   *
   * @param weights sums × values
   * @param starts what each sum begins with
   * @param values expressions of numbers
   * @return the variables of the sums
   */
  public List<String> sums(double[] weights, double[] starts, List<String> values) {
    int width = values.size();
    List<String> sums = new ArrayList<>();
    for (int k = 0; k < starts.length; k++) {
      List<String> terms = new ArrayList<>();
      for (int j = 0; j < width; j++) {
        terms.add(Sql.times(Sql.number(weights[k * width + j]), values.get(j)));
      }
      String sum = out.number(Sql.number(starts[k]));
      out.add(sum, terms);
      sums.add(sum);
    }
    return sums;
  }

  /**
   * Squared distances.
   *
   * @param points points × values
   * @param values expressions of numbers
   * @return the variables of the distances from each point
   */
  public List<String> squaredDistances(double[] points, List<String> values) {
    int width = values.size();
    String d = out.number(Sql.number(0));
    List<String> distances = new ArrayList<>();
    for (int at = 0; at < points.length; at += width) {
      String sum = out.number(Sql.number(0));
      for (int j = 0; j < width; j++) {
        out.set(d, Sql.minus(values.get(j), Sql.number(points[at + j])));
        out.set(sum, Sql.plus(sum, Sql.times(d, d)));
      }
      distances.add(sum);
    }
    return distances;
  }
}
