package org.pglynx.ml.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.SeededRandom;

class KdTreeTest {
  @ParameterizedTest
  @CsvSource({
    "EUCLIDEAN,2,3,5000,1000",
    "EUCLIDEAN,2,2,3000,10",
    "MANHATTAN,1,7,2000,4",
    "CHEBYSHEV,0,4,2000,20",
    "MINKOWSKI,3,5,2000,50",
    "EUCLIDEAN,2,1,1000,1",
    "EUCLIDEAN,2,3,10,5"
  })
  void the_tree_finds_the_rows_that_looking_at_all_finds_also_among_equal_distances(
      Metric.Kind kind, double power, int width, int count, int values) {
    SeededRandom random = new SeededRandom(count + width);
    float[] rows = numbers(random, count * width, values);
    Metric metric = new Metric(kind, power);
    KdTree tree = new KdTree(metric, rows, count, width);

    for (int query = 0; query < 200; query++) {
      float[] at = numbers(random, width, values);
      Nearest found = new Nearest(7);
      tree.search(at, 0, found);
      Nearest all = new Nearest(7);
      for (int i = 0; i < count; i++) {
        all.offer(metric.between(rows, i * width, at, 0, width, Double.POSITIVE_INFINITY), i);
      }
      for (int i = 0; i < 7; i++) {
        assertThat(found.row(i)).isEqualTo(all.row(i));
        assertThat(found.distance(i)).isEqualTo(all.distance(i));
      }
    }
  }

  private static float[] numbers(SeededRandom random, int count, int values) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextInt(values);
    }
    return numbers;
  }
}
