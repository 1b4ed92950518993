package org.pglynx.ml.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeastSquaresKernelsTest {
  @Test
  void recoversExactWeightsOverManyBlocks() {
    double[] weights = {2, -3, 0.5};
    StreamingQr qr = new StreamingQr(3, 1);
    for (int i = 0; i < 1000; i++) {
      double[] x = {Math.sin(i), Math.cos(i * 0.7), i % 13};
      qr.add(new double[] {x[0], x[1], x[2], 2 * x[0] - 3 * x[1] + 0.5 * x[2]});
    }

    StreamingQr.Result result = qr.result();
    double[] solved = new JacobiSvd(3, result.r()).solve(result.projected()[0], 0, 1e-12);

    for (int j = 0; j < 3; j++) {
      assertThat(solved[j]).isCloseTo(weights[j], within(1e-12));
    }
    assertThat(result.residual()[0]).isLessThan(1e-18);
  }

  @Test
  void residualIsWhatTheColumnsCannotExplain() {
    StreamingQr qr = new StreamingQr(1, 1);
    qr.add(new double[] {1, 1});
    qr.add(new double[] {1, 3});

    // The best constant is 2, off by 1 twice.
    assertThat(qr.result().residual()[0]).isCloseTo(2, within(1e-12));
  }

  @Test
  void collinearColumnsGiveTheShortestSolution() {
    StreamingQr qr = new StreamingQr(2, 1);
    for (int i = 1; i <= 5; i++) {
      qr.add(new double[] {i, i, 4 * i});
    }

    StreamingQr.Result result = qr.result();
    double[] solved = new JacobiSvd(2, result.r()).solve(result.projected()[0], 0, 1e-12);

    assertThat(solved[0]).isCloseTo(2, within(1e-12));
    assertThat(solved[1]).isCloseTo(2, within(1e-12));
  }

  @Test
  void fewerRowsThanColumnsGiveTheShortestSolution() {
    StreamingQr qr = new StreamingQr(3, 1);
    qr.add(new double[] {1, 1, 1, 6});

    StreamingQr.Result result = qr.result();
    double[] solved = new JacobiSvd(3, result.r()).solve(result.projected()[0], 0, 1e-12);

    for (double weight : solved) {
      assertThat(weight).isCloseTo(2, within(1e-12));
    }
  }

  @Test
  void fewRowsOfManyColumnsCostWhatFewRowsDo() {
    int columns = 600;
    StreamingQr qr = new StreamingQr(columns, 1);
    for (int i = 0; i < 5; i++) {
      double[] row = new double[columns + 1];
      for (int j = 0; j < columns; j++) {
        row[j] = Math.sin(1 + i * columns + j);
        row[columns] += row[j];
      }
      qr.add(row);
    }
    StreamingQr.Result result = qr.result();
    AtomicInteger steps = new AtomicInteger();

    double[] solved =
        JacobiSvd.ofRows(columns, result.r(), steps::incrementAndGet)
            .solve(result.projected()[0], 0, 1e-12);

    assertThat(steps.get()).isLessThan(columns);
    for (int i = 0; i < 5; i++) {
      double found = 0;
      double wanted = 0;
      for (int j = 0; j < columns; j++) {
        found += Math.sin(1 + i * columns + j) * solved[j];
        wanted += Math.sin(1 + i * columns + j);
      }
      assertThat(found).isCloseTo(wanted, within(1e-9));
    }
    // Shorter than the weights of 1 that the labels were made with.
    assertThat(Arrays.stream(solved).map(x -> x * x).sum()).isLessThan(5);
  }

  @Test
  void ridgeShrinksByTheSquareOfTheSingularValue() {
    double[] solved = new JacobiSvd(1, new double[] {2}).solve(new double[] {2}, 4, 0);

    assertThat(solved[0]).isCloseTo(0.5, within(1e-15)); // 2·2 / (4 + 4)
  }

  @Test
  void lbfgsFindsTheMinimumOfACurvedValley() {
    // Rosenbrock's function, minimum at (1, 1).
    double[] found =
        Lbfgs.minimise(
            (x, g) -> {
              double a = 1 - x[0];
              double b = x[1] - x[0] * x[0];
              g[0] = -2 * a - 400 * x[0] * b;
              g[1] = 200 * b;
              return a * a + 100 * b * b;
            },
            new double[] {-1.2, 1},
            200,
            1e-8);

    assertThat(found[0]).isCloseTo(1, within(1e-6));
    assertThat(found[1]).isCloseTo(1, within(1e-6));
  }

  @Test
  void lbfgsStopsAtTheIterationLimit() {
    double[] found =
        Lbfgs.minimise(
            (x, g) -> {
              g[0] = 2 * (x[0] - 1000);
              return (x[0] - 1000) * (x[0] - 1000);
            },
            new double[] {0},
            0,
            1e-8);

    assertThat(found[0]).isZero();
  }
}
