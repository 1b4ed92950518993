package org.pglynx.ml.robust;

import java.util.List;
import org.pglynx.ml.model.CancelToken;

/**
 * The point of which the distances to given points have the least sum, by Weiszfeld's iteration as
 * Vardi and Zhang (2000) repaired it for steps that end in a given point.
 */
final class SpatialMedian {
  private static final double EPSILON = 0x1.0p-52;

  private final List<double[]> points;
  private final int width;

  private SpatialMedian(List<double[]> points) {
    this.points = points;
    this.width = points.getFirst().length;
  }

  static double[] of(List<double[]> points, int maxSteps, double tolerance, CancelToken cancel) {
    if (points.getFirst().length == 1) {
      double[] values = points.stream().mapToDouble(point -> point[0]).toArray();
      return new double[] {Ransac.median(values)};
    }
    SpatialMedian median = new SpatialMedian(points);
    double[] old = median.mean();
    for (int i = 0; i < maxSteps; i++) {
      cancel.check();
      double[] next = median.step(old);
      double moved = squaredDistance(old, next);
      old = next;
      if (moved < tolerance * tolerance) {
        break;
      }
    }
    return old;
  }

  private double[] mean() {
    double[] mean = new double[width];
    for (double[] point : points) {
      for (int j = 0; j < width; j++) {
        mean[j] += point[j] / points.size();
      }
    }
    return mean;
  }

  private double[] step(double[] old) {
    double[] pull = new double[width];
    double[] towards = new double[width];
    double total = 0;
    boolean inPoint = false;
    for (double[] point : points) {
      double distance = Math.sqrt(squaredDistance(old, point));
      if (distance < EPSILON) {
        inPoint = true;
        continue;
      }
      total += 1 / distance;
      for (int j = 0; j < width; j++) {
        pull[j] += (point[j] - old[j]) / distance;
        towards[j] += point[j] / distance;
      }
    }
    double strength = Math.sqrt(squaredDistance(pull, new double[width]));
    if (total == 0 || strength <= EPSILON) {
      return old;
    }
    double stay = inPoint ? Math.min(1, 1 / strength) : 0;
    double[] next = new double[width];
    for (int j = 0; j < width; j++) {
      next[j] = (1 - stay) * towards[j] / total + stay * old[j];
    }
    return next;
  }

  private static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sum;
  }
}
