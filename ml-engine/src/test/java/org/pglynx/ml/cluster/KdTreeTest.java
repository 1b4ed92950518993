package org.pglynx.ml.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.SeededRandom;

class KdTreeTest {
  @ParameterizedTest
  @CsvSource({"0,1,9", "1,1,9", "17,2,2", "500,1,3", "500,3,4", "700,4,1000", "300,2,1"})
  void finds_what_looking_at_every_row_finds(int rows, int width, int values) {
    SeededRandom random = new SeededRandom(rows);
    float[] x = new float[rows * width];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(values);
    }
    KdTree tree = new KdTree(x, width, () -> {});
    for (int query = 0; query < 200; query++) {
      float[] point = new float[width];
      double[] same = new double[width];
      for (int j = 0; j < width; j++) {
        point[j] = random.nextInt(2 * values) / 2f;
        same[j] = point[j];
      }
      double squared = random.nextInt(values * values) / 3.0;
      double[] distance =
          IntStream.range(0, rows)
              .mapToDouble(i -> Distances.squared(x, i * width, same, 0, width))
              .toArray();

      List<Integer> within = new ArrayList<>();
      tree.within(same, squared, within::add);

      assertThat(within)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, rows).filter(i -> distance[i] <= squared).boxed().toList());
      assertThat(tree.nearest(point, 0, squared)).isEqualTo(first(distance, squared));
      assertThat(tree.nearest(point, 0, Double.POSITIVE_INFINITY))
          .isEqualTo(first(distance, Double.POSITIVE_INFINITY));
    }
  }

  private static int first(double[] distance, double squared) {
    int best = -1;
    for (int i = 0; i < distance.length; i++) {
      if (distance[i] <= squared && (best < 0 || distance[i] < distance[best])) {
        best = i;
      }
    }
    return best;
  }
}
