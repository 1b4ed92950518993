package org.pglynx.ml.tree;

import java.util.List;
import org.pglynx.ml.model.FeatureImportance;

/** What the splits of a forest tell about its features. */
final class SplitStatistics {
  private final FlatForest forest;
  private final int features;

  SplitStatistics(FlatForest forest, int features) {
    this.forest = forest;
    this.features = features;
  }

  /**
   * XGBoost's five measures: mean gain of a feature's splits, their number, mean cover, and the
   * sums of gain and cover.
   */
  List<FeatureImportance> ofBoosting() {
    double[] count = new double[features];
    double[] gain = new double[features];
    double[] cover = new double[features];
    for (int node = 0; node < forest.nodeCount(); node++) {
      if (!forest.isLeaf(node)) {
        int feature = forest.feature(node);
        count[feature]++;
        gain[feature] += forest.gain(node);
        cover[feature] += forest.cover(node);
      }
    }
    return List.of(
        new FeatureImportance("gain", ratio(gain, count)),
        new FeatureImportance("weight", count),
        new FeatureImportance("cover", ratio(cover, count)),
        new FeatureImportance("total_gain", gain),
        new FeatureImportance("total_cover", cover));
  }

  /** The share of the impurity that a feature's splits take away, averaged over trees (Breiman). */
  List<FeatureImportance> ofForest() {
    double[] share = new double[features];
    for (int tree = 0; tree < forest.treeCount(); tree++) {
      double[] gain = new double[features];
      int end = tree + 1 < forest.treeCount() ? forest.root(tree + 1) : forest.nodeCount();
      for (int node = forest.root(tree); node < end; node++) {
        if (!forest.isLeaf(node)) {
          gain[forest.feature(node)] += forest.gain(node);
        }
      }
      addNormalised(gain, share);
    }
    double[] normalised = new double[features];
    addNormalised(share, normalised);
    return List.of(new FeatureImportance("impurity", normalised));
  }

  private static void addNormalised(double[] values, double[] out) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    for (int j = 0; j < values.length && sum > 0; j++) {
      out[j] += values[j] / sum;
    }
  }

  private static double[] ratio(double[] sums, double[] counts) {
    double[] out = new double[sums.length];
    for (int j = 0; j < out.length; j++) {
      out[j] = counts[j] == 0 ? 0 : sums[j] / counts[j];
    }
    return out;
  }
}
