package org.pglynx.ml.algo;

import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/**
 * Mean and standard deviation of each feature over the rows that a model was fitted on; what a
 * linear model needs to explain a prediction, which is a comparison with the average row.
 *
 * @param means per feature; empty when nobody measured them
 * @param deviations per feature, of the population
 */
public record FeatureMoments(double[] means, double[] deviations) {
  /** Of a model that was not fitted on rows. */
  public static final FeatureMoments UNKNOWN = new FeatureMoments(new double[0], new double[0]);

  /** Measures a table in two passes, each row counting as much as its weight. */
  public static FeatureMoments of(TrainingTable table) {
    int width = table.width();
    double[] means = new double[width];
    double total = 0;
    for (int i = 0; i < table.rows(); i++) {
      double weight = table.weight(i);
      total += weight;
      for (int j = 0; j < width; j++) {
        means[j] += weight * table.feature(i, j);
      }
    }
    for (int j = 0; j < width; j++) {
      means[j] /= total;
    }
    double[] deviations = new double[width];
    for (int i = 0; i < table.rows(); i++) {
      for (int j = 0; j < width; j++) {
        double d = table.feature(i, j) - means[j];
        deviations[j] += table.weight(i) * d * d;
      }
    }
    for (int j = 0; j < width; j++) {
      deviations[j] = Math.sqrt(deviations[j] / total);
    }
    return new FeatureMoments(means, deviations);
  }

  /** Whether somebody measured them. */
  public boolean known() {
    return means.length > 0;
  }

  /** Writes them. */
  public void write(PayloadWriter out) {
    out.writeDoubles(means);
    out.writeDoubles(deviations);
  }

  /** Reads them, for a model of that many features. */
  public static FeatureMoments read(PayloadReader in, int features) {
    FeatureMoments moments = new FeatureMoments(in.readDoubles(), in.readDoubles());
    in.require(!moments.known() || moments.means.length == features, "features' means");
    in.require(moments.deviations.length == moments.means.length, "features' deviations");
    return moments;
  }
}
