package org.pglynx.ml.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnStatisticsTest {
  @Test
  void describesTheValuesThatAreThere() {
    ColumnStatistics statistics =
        ColumnStatistics.of(new float[] {2, Float.NaN, -4, 2, 1, 3, Float.NaN});

    assertThat(statistics.min()).isEqualTo(-4);
    assertThat(statistics.max()).isEqualTo(3);
    assertThat(statistics.maxAbs()).isEqualTo(4);
    assertThat(statistics.mean()).isEqualTo(0.8f);
    assertThat(statistics.median()).isEqualTo(2);
    assertThat(statistics.mode()).isEqualTo(2);
    assertThat(statistics.variance()).isEqualTo(6.16f); // (23.04+0.04+1.44+1.44+4.84)/5
    assertThat(statistics.missing()).isEqualTo(2);
    assertThat(statistics.distinct()).isEqualTo(4);
  }

  @Test
  void modeIsTheMiddleOfTheMostFrequentValues() {
    assertThat(ColumnStatistics.of(new float[] {5, 5, 1, 1, 3, 3, 9}).mode()).isEqualTo(3);
  }

  @Test
  void histogramCountsEveryValueOnceAndTheLargestInTheLastBin() {
    float[] values = new float[200];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }

    int[] histogram = ColumnStatistics.of(values).histogram();

    assertThat(Arrays.stream(histogram).sum()).isEqualTo(200);
    assertThat(histogram).containsOnly(10);
  }

  @Test
  void ventilesCutTheSortedColumn() {
    float[] values = new float[100];
    for (int i = 0; i < values.length; i++) {
      values[i] = 99 - i;
    }

    float[] ventiles = ColumnStatistics.of(values).ventiles();

    assertThat(ventiles).hasSize(19);
    assertThat(ventiles[0]).isEqualTo(5);
    assertThat(ventiles[18]).isEqualTo(95);
  }

  @Test
  void aColumnWithoutValuesIsAllMissing() {
    ColumnStatistics statistics = ColumnStatistics.of(new float[] {Float.NaN, Float.NaN});

    assertThat(statistics.missing()).isEqualTo(2);
    assertThat(statistics.distinct()).isZero();
    assertThat(statistics.mean()).isNaN();
  }

  @Test
  void outliersLieBeyondTukeysFences() {
    float[] values = new float[103];
    for (int i = 0; i < 100; i++) {
      values[i] = i;
    }
    values[100] = -1000;
    values[101] = 126;
    values[102] = 1000;

    ColumnStatistics statistics = ColumnStatistics.of(values);

    // Quartiles 24 and 76, fences -54 and 154.
    assertThat(statistics.outliersBelow()).isEqualTo(1);
    assertThat(statistics.outliersAbove()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 40, 2000})
  void runsAreThoseOfAWalkFromValueToValue(int different) {
    Random random = new Random(different);
    for (int n = 1; n < 60; n++) {
      float[] values = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = random.nextInt(different) - different / 2f;
      }
      Map<Float, Integer> counts = new TreeMap<>();
      for (float value : values) {
        counts.merge(value, 1, Integer::sum);
      }
      int longest = Collections.max(counts.values());
      List<Float> winners =
          counts.entrySet().stream()
              .filter(each -> each.getValue() == longest)
              .map(Map.Entry::getKey)
              .toList();

      ColumnStatistics statistics = ColumnStatistics.of(values);

      assertThat(statistics.distinct()).isEqualTo(counts.size());
      assertThat(statistics.mode()).isEqualTo(winners.get(winners.size() / 2));
    }
  }
}
