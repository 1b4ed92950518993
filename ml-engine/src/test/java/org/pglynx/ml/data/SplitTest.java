package org.pglynx.ml.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Sets;

class SplitTest {
  @ParameterizedTest
  @CsvSource({"442,0.25,111", "569,0.25,142", "1797,0.25,449", "10,0,0", "10,3,3", "10,3.9,3"})
  void testSizeIsAShareUpToOneAndACountAbove(int rows, double testSize, int expected) {
    assertThat(Split.testRows(rows, testSize)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"10,1", "10,10", "10,200", "1,0.5"})
  void atLeastOneRowMustBeLeftToTrainOn(int rows, double testSize) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> Split.testRows(rows, testSize))
        .withMessageEndingWith("is too large. There are only " + rows + " samples.");
  }

  @ParameterizedTest
  @CsvSource({"-0.1", "NaN"})
  void aTestSizeThatIsNoSizeIsRefused(double testSize) {
    assertThatExceptionOfType(MlException.class).isThrownBy(() -> Split.testRows(10, testSize));
  }

  @Test
  void lastHoldsOutTheLastRowsInOrder() {
    Split split = Split.of(rows(1, 2, 3, 4, 5), 0.4, Sampling.LAST, 1);

    assertThat(split.train()).containsExactly(0, 1, 2);
    assertThat(split.test()).containsExactly(3, 4);
  }

  @ParameterizedTest
  @EnumSource(Sampling.class)
  void everyRowIsInExactlyOnePart(Sampling sampling) {
    DataSet data = Sets.builtIn("iris");

    Split split = Split.of(data, 0.3, sampling, 42);

    int[] both =
        IntStream.concat(Arrays.stream(split.train()), Arrays.stream(split.test()))
            .sorted()
            .toArray();
    assertThat(both).containsExactly(data.allRows());
    assertThat(split.test()).hasSize(45);
  }

  @ParameterizedTest
  @EnumSource(
      value = Sampling.class,
      names = {"RANDOM", "STRATIFIED"})
  void theSeedDecidesTheSplit(Sampling sampling) {
    DataSet data = Sets.builtIn("iris");

    assertThat(Split.of(data, 0.3, sampling, 1).test())
        .containsExactly(Split.of(data, 0.3, sampling, 1).test())
        .isNotEqualTo(Split.of(data, 0.3, sampling, 2).test());
  }

  @Test
  void stratifiedKeepsTheShareOfEveryLabel() {
    DataSet data = Sets.builtIn("iris"); // 50 of each of 3 classes, sorted by class

    Split split = Split.of(data, 0.3, Sampling.STRATIFIED, 5);

    assertThat(labelCounts(data, split.test())).containsExactly(15, 15, 15);
    assertThat(labelCounts(data, split.train())).containsExactly(35, 35, 35);
  }

  @Test
  void stratifiedRoundsUnevenSharesToTheWantedTotal() {
    DataSet data = rows(0, 0, 0, 0, 0, 0, 0, 1, 1, 2);

    Split split = Split.of(data, 0.5, Sampling.STRATIFIED, 5);

    assertThat(split.test()).hasSize(5);
    assertThat(labelCounts(data, split.train())[0]).isBetween(3, 4);
    assertThat(labelCounts(data, split.train())[1]).isEqualTo(1);
    assertThat(labelCounts(data, split.train())[2]).isEqualTo(1);
  }

  @Test
  void stratifiedOnQuantitiesKeepsTheirDistribution() {
    DataSet data = Sets.builtIn("diabetes");

    Split split = Split.of(data, 0.25, Sampling.STRATIFIED, 9);

    double train = Arrays.stream(data.labels(split.train())).average().orElse(0);
    double test = Arrays.stream(data.labels(split.test())).average().orElse(0);
    assertThat(Math.abs(train - test)).isLessThan(5); // labels spread over 77
  }

  /** As the rows of a small regression have them. */
  @Test
  void stratifiedOnLabelsOfWhichEachIsRareHoldsOutSomeOfAllSizes() {
    DataSet data = rows(IntStream.rangeClosed(1, 40).asDoubleStream().toArray());
    double[] halves = new double[2];

    for (int seed = 0; seed < 20; seed++) {
      for (int row : Split.of(data, 0.25, Sampling.STRATIFIED, seed).test()) {
        halves[row / 20]++;
      }
    }

    assertThat(halves[0] + halves[1]).isEqualTo(200);
    assertThat(halves[0]).isBetween(75.0, 125.0);
  }

  @Test
  void stratifiedOnManySmallClassesFavoursNone() {
    DataSet data = rows(IntStream.range(0, 180).mapToDouble(row -> row % 45).toArray());
    double sum = 0;

    for (int seed = 0; seed < 20; seed++) {
      int[] test = Split.of(data, 0.4, Sampling.STRATIFIED, seed).test();
      sum += Arrays.stream(test).mapToDouble(data::label).average().orElseThrow();
    }

    assertThat(sum / 20).isBetween(21.0, 23.0);
  }

  @Test
  void numbersThatAreClassesAreStratifiedHoweverManyThereAre() {
    DataSet data = rows(IntStream.range(0, 600).mapToDouble(row -> row % 200).toArray());

    Split split = Split.of(data, 0.3, Sampling.STRATIFIED, 5, Task.CLASSIFICATION);
    Split fold = Folds.of(data, data.allRows(), 3, 5, Task.CLASSIFICATION).fold(0);

    assertThat(Arrays.stream(split.train()).mapToDouble(data::label).distinct().count())
        .isEqualTo(200);
    assertThat(Arrays.stream(fold.test()).mapToDouble(data::label).distinct().count())
        .isEqualTo(200);
  }

  @Test
  void foldsCoverEveryRowOnceAndKeepTheShareOfLabels() {
    DataSet data = Sets.builtIn("iris");
    int[] held = new int[data.rowCount()];

    for (int fold = 0; fold < 5; fold++) {
      Split split = Folds.of(data, data.allRows(), 5, 3, Task.CLASSIFICATION).fold(fold);
      Arrays.stream(split.test()).forEach(row -> held[row]++);
      assertThat(split.train()).hasSize(120).doesNotContain(split.test());
      assertThat(labelCounts(data, split.test())).containsExactly(10, 10, 10);
    }

    assertThat(held).containsOnly(1);
  }

  @Test
  void moreFoldsThanRowsAreRefused() {
    DataSet data = rows(0, 1, 0);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> Folds.of(data, data.allRows(), 4, 1, Task.CLASSIFICATION));
  }

  private static DataSet rows(double... labels) {
    return Sets.numbers(
        Arrays.stream(labels).mapToObj(y -> new double[] {1, y}).toArray(double[][]::new));
  }

  private static int[] labelCounts(DataSet data, int[] rows) {
    int[] counts = new int[3];
    for (int row : rows) {
      counts[(int) data.label(row)]++;
    }
    return counts;
  }
}
