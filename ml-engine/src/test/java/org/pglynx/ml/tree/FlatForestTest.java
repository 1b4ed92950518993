package org.pglynx.ml.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlatForestTest {
  @ParameterizedTest
  @ValueSource(floats = {1, -1, 0, -0f, Float.MIN_VALUE, -Float.MAX_VALUE, 3e38f})
  void aValueEqualToTheThresholdGoesRightAndTheNextSmallerLeft(float threshold) {
    FlatForest.Builder builder = new FlatForest.Builder();
    stump(builder, threshold, false);
    FlatForest forest = builder.build();

    assertThat(value(forest, threshold)).isEqualTo(2);
    assertThat(value(forest, Math.nextDown(threshold))).isEqualTo(1);
    assertThat(value(forest, Math.nextUp(threshold))).isEqualTo(2);
  }

  @Test
  void missingValuesGoWhereTheNodeSays() {
    FlatForest.Builder builder = new FlatForest.Builder();
    for (int tree = 0; tree < 4; tree++) {
      stump(builder, 0, tree % 2 == 0);
    }
    FlatForest forest = builder.build();

    float[] row = {Float.NaN};
    assertThat(IntStream.range(0, 4).mapToObj(tree -> forest.value(forest.leaf(tree, row, 0))))
        .containsExactly(1f, 2f, 1f, 2f);
  }

  @Test
  void appendedForestsKeepTheirTreesAndNumberTheirLeavesOn() {
    FlatForest.Builder first = new FlatForest.Builder();
    stump(first, 0, true);
    FlatForest.Builder second = new FlatForest.Builder();
    stump(second, 5, true);

    first.append(second);
    FlatForest forest = first.build();

    assertThat(forest.treeCount()).isEqualTo(2);
    assertThat(forest.leafNumber(forest.leaf(0, new float[] {3}, 0))).isEqualTo(1);
    assertThat(forest.leafNumber(forest.leaf(1, new float[] {3}, 0))).isEqualTo(2);
  }

  private static float value(FlatForest forest, float x) {
    return forest.value(forest.leaf(0, new float[] {x}, 0));
  }

  /** Left is 1, right is 2. */
  private static void stump(FlatForest.Builder builder, float threshold, boolean missingLeft) {
    int left = builder.branch(builder.startTree(), 0, threshold, missingLeft);
    builder.leaf(left, 1);
    builder.leaf(left + 1, 2);
  }
}
