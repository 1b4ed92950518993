package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoostError;
import ml.dmlc.xgboost4j.java.util.BigDenseMatrix;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;

/** The bins that are found here are those that XGBoost finds, to the last bit. */
class XgboostCutsTest {
  /** Without columns of their own. */
  private static final XgboostCuts.Columns ROWS = (column, from, to, values) -> false;

  private final SeededRandom random = new SeededRandom(5);
  private BigDenseMatrix cells = new BigDenseMatrix(1, 1);

  @AfterEach
  void free() {
    cells.dispose();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 256",
    "2, 256",
    "255, 256",
    "257, 256",
    "3000, 256",
    "40000, 256",
    "40000, 2",
    "40000, 17",
    "40000, 1000",
    "140000, 256",
    "140000, 64",
  })
  void are_those_of_the_library(int rows, int maxBins) throws XGBoostError {
    fill(
        rows,
        i -> random.nextDouble(),
        i -> random.nextInt(7) - 3,
        i -> -Math.log(1 - random.nextDouble()),
        i -> random.nextInt(4) == 0 ? Double.NaN : random.nextDouble() - 0.5,
        i -> random.nextInt(900) / 100,
        i -> i / 3,
        i -> rows - i,
        i -> (random.nextDouble() - 0.5) * 1e30,
        i -> random.nextInt(50) < 49 ? 0 : random.nextDouble(),
        i -> Math.rint(1000 * random.nextDouble() * random.nextDouble()),
        i -> 3,
        i -> Double.NaN);

    assertThat(bins(maxBins, cuts(maxBins))).isEqualTo(bins(maxBins, null));
  }

  @Test
  void many_rows_of_one_value_do_not_hide_the_others() throws XGBoostError {
    fill(200_000, i -> i % 1000 < 999 ? 7 : i, i -> random.nextDouble());

    assertThat(bins(256, cuts(256))).isEqualTo(bins(256, null));
  }

  @Test
  void a_column_with_fewer_values_leaves_room_for_the_next() throws XGBoostError {
    fill(
        140_000,
        i -> 3,
        i -> i % 5 < 3 ? Double.NaN : random.nextDouble(),
        i -> random.nextDouble());

    assertThat(bins(256, cuts(256))).isEqualTo(bins(256, null));
  }

  @Test
  void do_not_depend_on_the_number_of_threads() {
    fill(30_000, i -> random.nextDouble(), i -> random.nextInt(9), i -> i);

    assertThat(XgboostCuts.of(cells, ROWS, 256, 3, CancelToken.NEVER)).isDeepEqualTo(cuts(256));
  }

  @Test
  void are_the_same_from_columns_as_from_rows() {
    fill(40_000, i -> random.nextDouble(), i -> i % 3 == 0 ? Double.NaN : i, i -> i % 5);

    assertThat(XgboostCuts.of(cells, this::column, 256, 1, CancelToken.NEVER))
        .isDeepEqualTo(cuts(256));
  }

  @Test
  void a_search_for_them_takes_no_memory_for_each_column() {
    fill(
        40_000,
        IntStream.range(0, 100)
            .<IntToDoubleFunction>mapToObj(c -> i -> i ^ c)
            .toArray(IntToDoubleFunction[]::new));
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    cuts(256);

    long before = threads.getTotalThreadAllocatedBytes();
    cuts(256);

    // A sketch is about a megabyte here, and a column's result one kilobyte.
    assertThat(threads.getTotalThreadAllocatedBytes() - before).isLessThan(4 << 20);
  }

  @Test
  void zeros_of_both_signs_are_left_to_the_library() {
    fill(30_000, i -> i % 2 == 0 ? 0.0 : -0.0);

    assertThat(XgboostCuts.of(cells, ROWS, 256, 1, CancelToken.NEVER)).isNull();
  }

  @Test
  void a_cancel_ends_the_search_for_them() {
    fill(30_000, i -> i);

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> XgboostCuts.of(cells, ROWS, 256, 1, () -> true));
  }

  private float[][] cuts(int maxBins) {
    return Objects.requireNonNull(XgboostCuts.of(cells, ROWS, maxBins, 1, CancelToken.NEVER));
  }

  private boolean column(int column, int from, int to, float[] values) {
    for (int row = from; row < to; row++) {
      values[row - from] = cells.get(row, column);
    }
    return true;
  }

  private void fill(int rows, IntToDoubleFunction... columns) {
    cells.dispose();
    cells = new BigDenseMatrix(rows, columns.length);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns.length; column++) {
        cells.set(row, column, (float) columns[column].applyAsDouble(row));
      }
    }
  }

  /** Where the library's columns begin, and the ends of its bins. */
  private String bins(int maxBins, float @Nullable [][] cuts) throws XGBoostError {
    XgboostRun.Rows rows = new XgboostRun.Rows(cells, new float[cells.nrow], null, null, cuts);
    DMatrix matrix = XgboostQuantiles.of(Map.of("max_bin", maxBins), rows);
    try {
      DMatrix.QuantileCut found = matrix.getQuantileCut();
      return Arrays.toString(found.getIndptr()) + Arrays.toString(found.getValues());
    } finally {
      matrix.dispose();
    }
  }
}
