package org.pglynx.ml.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.pglynx.ml.data.SeededRandom;

/**
 * The fast algorithm gives what the definition of Shapley values gives by going over all subsets.
 */
class TreeShapTest {
  private static final int FEATURES = 5;

  @Test
  void equalsTheSumOverAllSubsetsOfFeatures() {
    SeededRandom random = new SeededRandom(4);
    for (int round = 0; round < 50; round++) {
      FlatForest.Builder builder = new FlatForest.Builder();
      grow(builder, builder.startTree(), 7, 1000, random);
      FlatForest tree = builder.build();
      float[] row = row(random);

      double[] out = new double[FEATURES + 1];
      new TreeShap(tree, FEATURES, (leaf, score) -> tree.value(leaf), row, 0, out).add(0, 0, 1, 1);

      assertThat(out[FEATURES]).isCloseTo(expected(tree, tree.root(0), row, 0), within(1e-9));
      for (int j = 0; j < FEATURES; j++) {
        assertThat(out[j]).isCloseTo(shapley(tree, row, j), within(1e-9));
      }
    }
  }

  @Test
  void aTreeOfOneLeafIsAllBias() {
    FlatForest.Builder builder = new FlatForest.Builder();
    int root = builder.startTree();
    builder.leaf(root, 3);
    FlatForest tree = builder.build();

    double[] out = new double[FEATURES + 1];
    new TreeShap(
            tree, FEATURES, (leaf, score) -> tree.value(leaf), row(new SeededRandom(1)), 0, out)
        .add(0, 0, 1, 0.5);

    assertThat(out).containsExactly(0, 0, 0, 0, 0, 1.5);
  }

  private static double shapley(FlatForest tree, float[] row, int feature) {
    double sum = 0;
    for (int set = 0; set < 1 << FEATURES; set++) {
      if ((set & 1 << feature) == 0) {
        int size = Integer.bitCount(set);
        double weight = factorial(size) * factorial(FEATURES - size - 1) / factorial(FEATURES);
        double with = expected(tree, tree.root(0), row, set | 1 << feature);
        sum += weight * (with - expected(tree, tree.root(0), row, set));
      }
    }
    return sum;
  }

  /** The mean value of a subtree when only some features are known. */
  private static double expected(FlatForest tree, int node, float[] row, int known) {
    if (tree.isLeaf(node)) {
      return tree.value(node);
    }
    int left = tree.left(node);
    if ((known & 1 << tree.feature(node)) != 0) {
      float x = row[tree.feature(node)];
      boolean goesLeft = Float.isNaN(x) ? tree.missingLeft(node) : x < tree.threshold(node);
      return expected(tree, goesLeft ? left : left + 1, row, known);
    }
    double sum = (double) tree.cover(left) + tree.cover(left + 1);
    return tree.cover(left) / sum * expected(tree, left, row, known)
        + tree.cover(left + 1) / sum * expected(tree, left + 1, row, known);
  }

  private static double factorial(int n) {
    return n < 2 ? 1 : n * factorial(n - 1);
  }

  private static float[] row(SeededRandom random) {
    float[] row = new float[FEATURES];
    for (int j = 0; j < FEATURES; j++) {
      row[j] = random.nextInt(6) == 0 ? Float.NaN : (float) random.nextDouble();
    }
    return row;
  }

  private static void grow(
      FlatForest.Builder builder, int node, int depth, float cover, SeededRandom random) {
    builder.statistics(node, cover, 1);
    if (depth == 0 || random.nextInt(5) == 0) {
      builder.leaf(node, (float) random.nextDouble());
      return;
    }
    int feature = random.nextInt(FEATURES);
    int left = builder.branch(node, feature, (float) random.nextDouble(), random.nextInt(2) == 0);
    float share = 0.1f + 0.8f * (float) random.nextDouble();
    grow(builder, left, depth - 1, cover * share, random);
    grow(builder, left + 1, depth - 1, cover * (1 - share), random);
  }
}
