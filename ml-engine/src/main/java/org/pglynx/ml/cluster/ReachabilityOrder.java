package org.pglynx.ml.cluster;

import java.util.Arrays;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.exec.RowBlocks;

/**
 * Rows in the order in which they are reached: next is always the row with the least distance to
 * those before it, where distances below a row's core distance, that to its k-th neighbour, count
 * as that. Memory is in proportion to the rows.
 */
final class ReachabilityOrder {
  /** scikit-learn rounds distances to 15 decimals, by a product and a quotient that decide ties. */
  private static final double DECIMALS = 1e15;

  private final Points points;
  private final double reach;
  private final FitContext context;
  private final double[] core;
  private final double[] reachability;
  private final int[] predecessor;
  private final int[] order;

  ReachabilityOrder(Points points, int neighbours, double reach, FitContext context) {
    this.points = points;
    this.reach = reach;
    this.context = context;
    int n = points.rows();
    this.core = new double[n];
    this.reachability = new double[n];
    this.predecessor = new int[n];
    this.order = new int[n];
    Arrays.fill(reachability, Double.POSITIVE_INFINITY);
    Arrays.fill(predecessor, -1);
    measureCores(neighbours);
    walk();
  }

  int size() {
    return order.length;
  }

  /** The row at a place of the order. */
  int row(int at) {
    return order[at];
  }

  /** How far a row is from those before it; infinite when it begins anew. */
  double reachability(int row) {
    return reachability[row];
  }

  /** The distance to a row's k-th neighbour, itself counted; infinite when that is too far. */
  double core(int row) {
    return core[row];
  }

  /** The row from which a row was reached, or −1. */
  int predecessor(int row) {
    return predecessor[row];
  }

  private void measureCores(int neighbours) {
    int n = points.rows();
    try (RowBlocks blocks = new RowBlocks(n, context.threads(), context.cancel())) {
      blocks.forEach((block, from, to) -> {
        double[] row = new double[n];
        for (int i = from; i < to; i++) {
          context.cancel().check();
          for (int other = 0; other < n; other++) {
            row[other] = points.between(i, other);
          }
          Arrays.sort(row);
          double distance = Math.sqrt(row[neighbours - 1]);
          core[i] = distance > reach ? Double.POSITIVE_INFINITY : rounded(distance);
        }
      });
    }
  }

  private void walk() {
    boolean[] done = new boolean[order.length];
    for (int at = 0; at < order.length; at++) {
      context.cancel().check();
      int row = next(done);
      done[row] = true;
      order[at] = row;
      if (core[row] < Double.POSITIVE_INFINITY) {
        reachFrom(row, done);
      }
    }
  }

  private int next(boolean[] done) {
    int best = -1;
    for (int i = 0; i < done.length; i++) {
      if (!done[i] && (best < 0 || reachability[i] < reachability[best])) {
        best = i;
      }
    }
    return best;
  }

  private void reachFrom(int row, boolean[] done) {
    for (int i = 0; i < done.length; i++) {
      if (!done[i]) {
        double distance = Math.sqrt(points.between(row, i));
        double reached = rounded(Math.max(distance, core[row]));
        if (distance <= reach && reached < reachability[i]) {
          reachability[i] = reached;
          predecessor[i] = row;
        }
      }
    }
  }

  private static double rounded(double distance) {
    double scaled = distance * DECIMALS;
    return Double.isFinite(scaled) ? Math.rint(scaled) / DECIMALS : distance;
  }
}
