package org.pglynx.ml.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeWalkTest {
  /** What is hard to order: both zeros, the smallest numbers, infinities, and what is missing. */
  private static final float[] VALUES = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1,
    -1,
    Math.nextUp(1f),
    Math.nextDown(1f),
    3e38f,
    -3e38f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  @ParameterizedTest
  @CsvSource({
    // trees, height, features, rows
    "1, 0, 1, 1",
    "1, 0, 0, 9",
    "7, 6, 3, 64",
    "8, 6, 3, 65",
    "100, 6, 11, 1000",
    "9, 3, 700, 17",
    "3, 40, 5, 300",
    "17, 2, 1, 7"
  })
  void rows_that_go_together_come_to_the_leaves_that_each_comes_to(
      int trees, int height, int features, int rows) {
    Random random = new Random(trees * 31 + height);
    FlatForest forest = forest(trees, height, features, random);
    float[] x = rows(rows, features, random);
    int[][] found = new int[trees][rows];

    forest
        .walk()
        .rows(
            x,
            rows,
            features,
            (tree, first, count, leaves) -> {
              for (int i = 0; i < count; i++) {
                found[tree][first + i] = leaves[i];
              }
            });

    for (int tree = 0; tree < trees; tree++) {
      for (int row = 0; row < rows; row++) {
        assertThat(found[tree][row]).isEqualTo(forest.leaf(tree, x, row * features));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 1", "7, 6, 3", "8, 6, 3", "100, 6, 11", "3, 40, 5", "17, 2, 1"})
  void one_row_comes_to_the_same_leaves_in_several_trees_at_once(
      int trees, int height, int features) {
    Random random = new Random(trees * 31 + height);
    FlatForest forest = forest(trees, height, features, random);
    TreeWalk walk = forest.walk();
    int[] leaves = new int[TreeWalk.LANES];

    for (int row = 0; row < 50; row++) {
      float[] x = rows(1, features, random);
      int[] keys = walk.row(x, 0, features);
      for (int tree = 0; tree < trees; ) {
        int next = walk.next(tree, trees, keys, leaves);
        assertThat(next).isGreaterThan(tree).isLessThanOrEqualTo(trees);
        for (int i = tree; i < next; i++) {
          assertThat(leaves[i - tree]).isEqualTo(forest.leaf(i, x, 0));
        }
        tree = next;
      }
    }
  }

  @Test
  void a_row_behind_others_is_read_from_its_place() {
    Random random = new Random(3);
    FlatForest forest = forest(5, 4, 3, random);
    float[] x = rows(10, 3, random);
    int[] leaves = new int[TreeWalk.LANES];

    forest.walk().next(0, 5, forest.walk().row(x, 21, 3), leaves);

    assertThat(leaves[4]).isEqualTo(forest.leaf(4, x, 21));
  }

  private static FlatForest forest(int trees, int height, int features, Random random) {
    FlatForest.Builder builder = new FlatForest.Builder();
    for (int tree = 0; tree < trees; tree++) {
      grow(builder, builder.startTree(), height, features, random);
    }
    return builder.build();
  }

  /** Tall trees are not full: one side of each node is a leaf, or there were too many. */
  private static void grow(
      FlatForest.Builder builder, int node, int height, int features, Random random) {
    if (height == 0 || random.nextInt(20) == 0) {
      builder.leaf(node, random.nextFloat());
      return;
    }
    float below = random.nextBoolean() ? random.nextFloat() : VALUES[random.nextInt(VALUES.length)];
    int left = builder.branch(node, random.nextInt(features), below, random.nextBoolean());
    boolean full = height < 10;
    boolean leftGoesOn = full || random.nextBoolean();
    grow(builder, left, leftGoesOn ? height - 1 : 0, features, random);
    grow(builder, left + 1, full || !leftGoesOn ? height - 1 : 0, features, random);
  }

  private static float[] rows(int rows, int features, Random random) {
    float[] x = new float[rows * features];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(3) > 0 ? random.nextFloat() : VALUES[random.nextInt(VALUES.length)];
    }
    return x;
  }
}
