package org.pglynx.ml.robust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.catalog.Catalogue;
import org.pglynx.ml.linear.LinearModel;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;

/** The objective that scikit-learn 1.9.1's QuantileRegressor reaches on the same rows. */
class QuantileTest {
  private static final double QUANTILE = 0.7;

  @ParameterizedTest
  @CsvSource({
    "300, 50, 0.001, 0.1237392376",
    "1000, 100, 0, 0.1070489444",
    "50, 400, 0.01, 0.2485272194",
    "200, 500, 0.01, 0.3178000476",
    "50, 400, 0, 0",
  })
  void it_reaches_the_minimum(int rows, int columns, double alpha, double minimum) {
    Rows of = new Rows(rows, columns);

    assertThat(of.objective(of.fit(alpha), alpha)).isCloseTo(minimum, within(1e-7));
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void many_more_columns_than_rows_take_seconds_and_columns_that_are_there_twice_do_no_harm() {
    Rows of = new Rows(50, 1599);

    assertThat(of.objective(of.fit(0.01), 0.01)).isCloseTo(0.2439121917, within(1e-7));
  }

  private static final class Rows {
    private final int width;
    private final float[] x;
    private final double[] y;

    Rows(int rows, int width) {
      this.width = width;
      this.x = new float[rows * width];
      this.y = new double[rows];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < width; j++) {
          long mixed = i * 7919L + j * 104729L + (long) i * i * j * 31 + (long) i * j * j * 17;
          x[i * width + j] = (float) (mixed % 1009 / 1009.0);
        }
        y[i] = 10 * at(i, 0) - 5 * at(i, 1) + 3 * at(i, 2) + at(i, 3) * at(i, 4) * 4;
      }
    }

    private double at(int row, int column) {
      return x[row * width + column];
    }

    private LinearModel fit(double alpha) {
      TrainingTable table =
          TrainingTable.of(
              Task.REGRESSION,
              "quantile",
              IntStream.range(0, width).mapToObj(j -> "f" + j).toList(),
              ClassLabels.NONE,
              x,
              y);
      return (LinearModel)
          new Catalogue()
              .find("quantile")
              .fit(
                  table,
                  Map.of("quantile", QUANTILE, "alpha", alpha),
                  new FitContext(3, 1, CancelToken.NEVER, ProgressListener.NONE));
    }

    private double objective(LinearModel model, double alpha) {
      double[] weights = model.weights();
      double loss = 0;
      for (int i = 0; i < y.length; i++) {
        double residual = y[i] - model.intercepts()[0];
        for (int j = 0; j < width; j++) {
          residual -= weights[j] * at(i, j);
        }
        loss += Math.max(QUANTILE * residual, (QUANTILE - 1) * residual);
      }
      double penalty = 0;
      for (double weight : weights) {
        penalty += Math.abs(weight);
      }
      return loss / y.length + alpha * penalty;
    }
  }
}
