package org.pglynx.ml.cluster;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tree of BIRCH: balls of rows, each known by its number of rows, their sum and the sum of
 * their squares. A row goes down to the nearest ball, and into it when the ball stays within the
 * threshold; a node of too many balls is parted between the two farthest of them.
 */
final class BirchTree {
  private final int width;
  private final double squaredThreshold;
  private final int branching;
  private List<Ball> root = new ArrayList<>();

  BirchTree(int width, double threshold, int branching) {
    this.width = width;
    this.squaredThreshold = threshold * threshold;
    this.branching = branching;
  }

  /** Takes a row in. */
  void insert(double[] row) {
    Ball ball = new Ball(width);
    ball.count = 1;
    for (int j = 0; j < width; j++) {
      ball.sum[j] = row[j];
      ball.squares += row[j] * row[j];
    }
    ball.recentre();
    if (insert(root, ball)) {
      root = new ArrayList<>(part(root));
    }
  }

  /** The centres of the smallest balls. */
  List<double[]> centres() {
    List<double[]> centres = new ArrayList<>();
    collect(root, centres);
    return centres;
  }

  private static void collect(List<Ball> node, List<double[]> centres) {
    for (Ball ball : node) {
      if (ball.child == null) {
        centres.add(ball.centre);
      } else {
        collect(ball.child, centres);
      }
    }
  }

  /** Whether the node has too many balls now. */
  private boolean insert(List<Ball> node, Ball row) {
    if (node.isEmpty()) {
      node.add(row);
      return false;
    }
    Ball nearest = nearest(node, row);
    if (nearest.child == null) {
      if (!nearest.absorb(row, squaredThreshold)) {
        node.add(row);
      }
    } else if (insert(nearest.child, row)) {
      List<Ball> halves = part(nearest.child);
      node.set(node.indexOf(nearest), halves.get(0));
      node.add(halves.get(1));
    } else {
      nearest.add(row);
    }
    return node.size() > branching;
  }

  private Ball nearest(List<Ball> node, Ball row) {
    Ball best = node.getFirst();
    double least = Double.POSITIVE_INFINITY;
    for (Ball ball : node) {
      double d = Distances.squared(ball.centre, 0, row.centre, 0, width);
      if (d < least) {
        least = d;
        best = ball;
      }
    }
    return best;
  }

  /** Two balls whose children are the node's balls, by the nearer of the two farthest apart. */
  private List<Ball> part(List<Ball> node) {
    int first = 0;
    int second = 0;
    double most = -1;
    for (int a = 0; a < node.size(); a++) {
      for (int b = a; b < node.size(); b++) {
        double d = distance(node, a, b);
        if (d > most) {
          most = d;
          first = a;
          second = b;
        }
      }
    }
    Ball one = new Ball(width);
    Ball other = new Ball(width);
    List<Ball> ofOne = new ArrayList<>();
    List<Ball> ofOther = new ArrayList<>();
    one.child = ofOne;
    other.child = ofOther;
    for (int i = 0; i < node.size(); i++) {
      boolean toFirst =
          i == first || (i != second && distance(node, i, first) < distance(node, i, second));
      (toFirst ? ofOne : ofOther).add(node.get(i));
      (toFirst ? one : other).add(node.get(i));
    }
    return List.of(one, other);
  }

  private double distance(List<Ball> node, int a, int b) {
    return Distances.squared(node.get(a).centre, 0, node.get(b).centre, 0, width);
  }

  /** Rows by what is known of them. */
  private static final class Ball {
    private final double[] sum;
    private final double[] centre;
    private double squares;
    private long count;
    private @Nullable List<Ball> child;

    Ball(int width) {
      this.sum = new double[width];
      this.centre = new double[width];
    }

    void add(Ball other) {
      count += other.count;
      squares += other.squares;
      for (int j = 0; j < sum.length; j++) {
        sum[j] += other.sum[j];
      }
      recentre();
    }

    void recentre() {
      for (int j = 0; j < sum.length; j++) {
        centre[j] = sum[j] / count;
      }
    }

    /** Adds another when the radius of both together is small enough. */
    boolean absorb(Ball other, double squaredThreshold) {
      long both = count + other.count;
      double length = 0;
      for (int j = 0; j < sum.length; j++) {
        double mean = (sum[j] + other.sum[j]) / both;
        length += mean * mean;
      }
      if ((squares + other.squares) / both - length > squaredThreshold) {
        return false;
      }
      add(other);
      return true;
    }
  }
}
