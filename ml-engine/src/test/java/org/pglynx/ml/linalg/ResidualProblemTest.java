package org.pglynx.ml.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ResidualProblemTest {
  private static final double[] NUMBERS = {1, 2, 4, 8, 100};

  @Test
  void the_least_absolute_errors_of_a_constant_are_those_of_the_median() {
    assertThat(AbsoluteErrors.minimise(constant(1, 1, () -> {}))[0]).isCloseTo(4, within(1e-8));
  }

  @Test
  void uneven_prices_give_a_quantile() {
    assertThat(AbsoluteErrors.minimise(constant(0.9, 0.1, () -> {}))[0])
        .isCloseTo(100, within(1e-6));
  }

  @Test
  void the_least_squared_errors_of_a_constant_are_those_of_the_mean() {
    assertThat(SquaredErrors.minimise(constant(1, 1, () -> {}))[0]).isCloseTo(23, within(1e-9));
  }

  @Test
  void rows_that_cost_nothing_do_not_count() {
    ResidualProblem all = constant(1, 1, () -> {});
    double[] price = {1, 1, 1, 0, 0};
    ResidualProblem some =
        new ResidualProblem(all.rows(), all.target(), price, price, all.quadratic(), all.check());

    assertThat(AbsoluteErrors.minimise(some)[0]).isCloseTo(2, within(1e-8));
  }

  @Test
  void labels_that_are_all_zero_end_the_search() {
    ResidualProblem zeros =
        new ResidualProblem(
            (i, row) -> row[0] = 1,
            new double[4],
            new double[] {1, 1, 1, 1},
            new double[] {1, 1, 1, 1},
            new double[1],
            () -> {});

    assertThat(AbsoluteErrors.minimise(zeros)[0]).isCloseTo(0, within(1e-8));
  }

  @Test
  void a_check_that_throws_stops_it() {
    Runnable stop =
        () -> {
          throw new IllegalStateException("stop");
        };

    assertThatIllegalStateException()
        .isThrownBy(() -> AbsoluteErrors.minimise(constant(1, 1, stop)));
    assertThatIllegalStateException()
        .isThrownBy(() -> SquaredErrors.minimise(constant(1, 1, stop)));
  }

  private static ResidualProblem constant(double up, double down, Runnable check) {
    return new ResidualProblem(
        (i, row) -> row[0] = 1, NUMBERS, filled(up), filled(down), new double[1], check);
  }

  private static double[] filled(double value) {
    double[] filled = new double[NUMBERS.length];
    Arrays.fill(filled, value);
    return filled;
  }
}
