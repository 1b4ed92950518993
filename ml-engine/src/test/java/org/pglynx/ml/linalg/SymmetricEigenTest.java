package org.pglynx.ml.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.ml.data.SeededRandom;

class SymmetricEigenTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 150})
  void vectors_are_orthonormal_and_the_matrix_only_stretches_them(int n) {
    double[][] matrix = random(n);
    SymmetricEigen eigen = new SymmetricEigen(copy(matrix), () -> {});

    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        assertThat(dot(eigen.vector(i), eigen.vector(j))).isCloseTo(i == j ? 1 : 0, within(1e-12));
        assertThat(dot(matrix[j], eigen.vector(i)))
            .isCloseTo(eigen.value(i) * eigen.vector(i)[j], within(1e-11));
      }
      assertThat(i == 0 || eigen.value(i) <= eigen.value(i - 1)).isTrue();
    }
  }

  @Test
  void equal_and_zero_eigenvalues_are_found() {
    double[][] matrix = {{2, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, -1}};

    SymmetricEigen eigen = new SymmetricEigen(matrix, () -> {});

    assertThat(eigen.value(0)).isEqualTo(2);
    assertThat(eigen.value(1)).isEqualTo(2);
    assertThat(eigen.value(2)).isEqualTo(0);
    assertThat(eigen.value(3)).isEqualTo(-1);
  }

  @Test
  void a_matrix_of_zeros_has_only_zeros() {
    SymmetricEigen eigen = new SymmetricEigen(new double[3][3], () -> {});

    assertThat(eigen.value(0)).isEqualTo(0);
    assertThat(dot(eigen.vector(2), eigen.vector(2))).isEqualTo(1);
  }

  @Test
  void scale_does_not_matter() {
    double[][] matrix = {{1e300, 1e300}, {1e300, 1e300}};

    assertThat(new SymmetricEigen(matrix, () -> {}).value(0)).isCloseTo(2e300, within(1e285));
  }

  @Test
  void what_is_thrown_between_steps_ends_it() {
    assertThatIllegalStateException()
        .isThrownBy(() ->
            new SymmetricEigen(
                random(9),
                () -> {
                  throw new IllegalStateException();
                }));
  }

  private static double[][] random(int n) {
    SeededRandom random = new SeededRandom(n);
    double[][] matrix = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i][j] = random.nextDouble() - 0.5;
        matrix[j][i] = matrix[i][j];
      }
    }
    return matrix;
  }

  private static double[][] copy(double[][] matrix) {
    double[][] copy = matrix.clone();
    for (int i = 0; i < copy.length; i++) {
      copy[i] = matrix[i].clone();
    }
    return copy;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
