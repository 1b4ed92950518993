package org.pglynx.ml.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.SeededRandom;

class TopEigenTest {
  @ParameterizedTest
  @CsvSource({"1,1,0", "3,3,0", "40,5,0", "300,6,0", "300,6,4", "120,3,120"})
  void finds_the_largest_eigenvalues_also_equal_ones(int n, int count, int equal) {
    double[][] matrix = matrix(n, equal);
    double[][] copy = new double[n][];
    for (int i = 0; i < n; i++) {
      copy[i] = matrix[i].clone();
    }
    SymmetricEigen all = new SymmetricEigen(copy, () -> {});

    TopEigen top =
        new TopEigen(n, count, v -> product(matrix, v), new SeededRandom(3)::nextDouble, () -> {});

    for (int c = 0; c < count; c++) {
      assertThat(top.value(c)).isCloseTo(all.value(c), within(1e-8));
      double[] image = product(matrix, top.vector(c));
      for (int i = 0; i < n; i++) {
        assertThat(image[i]).isCloseTo(top.value(c) * top.vector(c)[i], within(1e-7));
      }
      for (int d = 0; d <= c; d++) {
        assertThat(dot(top.vector(c), top.vector(d))).isCloseTo(c == d ? 1 : 0, within(1e-9));
      }
    }
  }

  /** Random numbers, after a block of 50 times the identity. */
  private static double[][] matrix(int n, int equal) {
    SeededRandom random = new SeededRandom(n);
    double[][] matrix = new double[n][n];
    for (int i = 0; i < n; i++) {
      matrix[i][i] = i < equal ? 50 : 0;
      for (int j = equal; j <= i; j++) {
        matrix[i][j] = random.nextDouble() - 0.5;
        matrix[j][i] = matrix[i][j];
      }
    }
    return matrix;
  }

  private static double[] product(double[][] matrix, double[] vector) {
    double[] out = new double[vector.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = dot(matrix[i], vector);
    }
    return out;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
