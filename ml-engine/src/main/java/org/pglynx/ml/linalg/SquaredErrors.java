package org.pglynx.ml.linalg;

import java.util.Arrays;

/**
 * Minimises ½·Σ quadratic·v² + Σ price·r² by Newton's method on the rows that pay (Keerthi, DeCoste
 * 2005): the objective is quadratic between the points where rows begin to pay, so a few steps
 * reach the minimum itself.
 */
public final class SquaredErrors {
  private static final int MAX_STEPS = 200;
  private static final double FLAT = 1e-12;
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double SMALLEST_STEP = 0x1.0p-40;

  private final ResidualProblem problem;
  private final int k;
  private final double[] v;
  private final double[] gradient;
  private final double[] hessian;

  private SquaredErrors(ResidualProblem problem) {
    this.problem = problem;
    this.k = problem.width();
    this.v = new double[k];
    this.gradient = new double[k];
    this.hessian = new double[k * k];
  }

  /** The minimiser. */
  public static double[] minimise(ResidualProblem problem) {
    SquaredErrors run = new SquaredErrors(problem);
    double value = run.expand();
    double start = run.steepness();
    for (int i = 0; i < MAX_STEPS && run.steepness() > FLAT * start; i++) {
      double next = run.step(value);
      if (!(next < value)) {
        break;
      }
      value = next;
    }
    return run.v;
  }

  private double steepness() {
    double max = 0;
    for (double g : gradient) {
      max = Math.max(max, Math.abs(g));
    }
    return max;
  }

  /** One Newton step, shortened until it pays; gives the new value, the old where none does. */
  private double step(double value) {
    double[] direction = gradient.clone();
    new Cholesky(k, hessian, problem.check()).solve(direction);
    double slope = -ResidualProblem.dot(direction, gradient);
    double[] before = v.clone();
    for (double length = 1; length > SMALLEST_STEP; length /= 2) {
      for (int j = 0; j < k; j++) {
        v[j] = before[j] - length * direction[j];
      }
      if (value() <= value + SUFFICIENT_DECREASE * length * slope) {
        return expand();
      }
    }
    System.arraycopy(before, 0, v, 0, k);
    return value;
  }

  private double price(int i, double residual) {
    return residual > 0 ? problem.up()[i] : problem.down()[i];
  }

  private double value() {
    double[] sum = {weightsCost()};
    problem.forEachRow((i, row) -> {
      double residual = problem.target()[i] - ResidualProblem.dot(row, v);
      sum[0] += price(i, residual) * residual * residual;
    });
    return sum[0];
  }

  private double weightsCost() {
    double sum = 0;
    for (int j = 0; j < k; j++) {
      sum += problem.quadratic()[j] * v[j] * v[j] / 2;
    }
    return sum;
  }

  /** Gradient and Hessian at v; gives the value. */
  private double expand() {
    Arrays.fill(hessian, 0);
    for (int j = 0; j < k; j++) {
      gradient[j] = problem.quadratic()[j] * v[j];
      hessian[j * k + j] = problem.quadratic()[j];
    }
    double[] sum = {weightsCost()};
    problem.forEachRow((i, row) -> {
      double residual = problem.target()[i] - ResidualProblem.dot(row, v);
      double price = price(i, residual);
      if (price != 0) {
        sum[0] += price * residual * residual;
        ResidualProblem.addOuter(hessian, 2 * price, row);
        for (int j = 0; j < k; j++) {
          gradient[j] -= 2 * price * residual * row[j];
        }
      }
    });
    return sum[0];
  }
}
