package org.pglynx.ml.linalg;

/**
 * The sum of factor·row·rowᵀ over rows, of which the lower triangle is kept. Rows are added several
 * at a time: each element of the sum is read and written once for all of them.
 */
final class OuterSum {
  private static final int TOGETHER = 4;

  private final int k;
  private final double[] lower;
  private final double[][] waiting;
  private final double[] factors = new double[TOGETHER];
  private int count;

  OuterSum(int k) {
    this.k = k;
    this.lower = new double[k * k];
    this.waiting = new double[TOGETHER][k];
  }

  /** Adds a row, which is copied. */
  void add(double factor, double[] row) {
    System.arraycopy(row, 0, waiting[count], 0, k);
    factors[count++] = factor;
    if (count == TOGETHER) {
      sum();
    }
  }

  /** The sum. */
  double[] lower() {
    while (count > 0 && count < TOGETHER) {
      factors[count++] = 0;
    }
    sum();
    return lower;
  }

  private void sum() {
    double[] r0 = waiting[0];
    double[] r1 = waiting[1];
    double[] r2 = waiting[2];
    double[] r3 = waiting[3];
    for (int i = 0; i < k && count > 0; i++) {
      double a0 = factors[0] * r0[i];
      double a1 = factors[1] * r1[i];
      double a2 = factors[2] * r2[i];
      double a3 = factors[3] * r3[i];
      if (a0 != 0 || a1 != 0 || a2 != 0 || a3 != 0) {
        int at = i * k;
        for (int j = 0; j <= i; j++) {
          lower[at + j] += a0 * r0[j] + a1 * r1[j] + a2 * r2[j] + a3 * r3[j];
        }
      }
    }
    count = 0;
  }

  /** Adds factor·row to a vector. */
  static void addScaled(double[] sum, double factor, double[] row) {
    for (int j = 0; j < row.length; j++) {
      sum[j] += factor * row[j];
    }
  }
}
