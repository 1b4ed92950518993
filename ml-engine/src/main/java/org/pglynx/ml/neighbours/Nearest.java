package org.pglynx.ml.neighbours;

/** The k nearest rows found so far, by distance and, among equals, by their number. */
final class Nearest {
  private final double[] distance;
  private final int[] index;
  private int found;

  Nearest(int k) {
    this.distance = new double[k];
    this.index = new int[k];
  }

  int count() {
    return found;
  }

  int row(int i) {
    return index[i];
  }

  /** The comparable distance. */
  double distance(int i) {
    return distance[i];
  }

  /** A row that is further away than this is none of the nearest. */
  double worst() {
    return found < distance.length ? Double.POSITIVE_INFINITY : distance[found - 1];
  }

  void offer(double d, int row) {
    if (found == distance.length && !before(d, row, found - 1)) {
      return;
    }
    int at = found < distance.length ? found++ : found - 1;
    while (at > 0 && before(d, row, at - 1)) {
      distance[at] = distance[at - 1];
      index[at] = index[at - 1];
      at--;
    }
    distance[at] = d;
    index[at] = row;
  }

  private boolean before(double d, int row, int other) {
    return d < distance[other] || (d == distance[other] && row < index[other]);
  }
}
