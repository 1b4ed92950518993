package org.pglynx.ml.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups as valleys of the reachability plot: between an area that falls steeply and one that rises
 * steeply (Ankerst et al. 1999, figure 19, with the corrections that scikit-learn makes).
 */
final class SteepAreas {
  private final ReachabilityOrder order;
  private final int n;
  private final double complement;
  private final int enough;
  private final int smallest;
  private final boolean corrected;
  private final double[] plot;
  private List<Fall> falls = new ArrayList<>();
  private final List<Range> valleys = new ArrayList<>();

  /** Places from start to end, both included. */
  private record Range(int start, int end) {}

  /** An area that falls steeply, and the highest place since it ended. */
  private static final class Fall {
    private final int start;
    private final int end;
    private double since;

    Fall(int start, int end) {
      this.start = start;
      this.end = end;
    }
  }

  SteepAreas(ReachabilityOrder order, double xi, int enough, int smallest, boolean corrected) {
    this.order = order;
    this.n = order.size();
    this.complement = 1 - xi;
    this.enough = enough;
    this.smallest = smallest;
    this.corrected = corrected;
    this.plot = new double[n + 1];
    for (int at = 0; at < n; at++) {
      plot[at] = order.reachability(order.row(at));
    }
    plot[n] = Double.POSITIVE_INFINITY;
  }

  /** The group of each row; of valleys within each other the smallest counts. */
  int[] labels() {
    scan();
    int[] byPlace = new int[n];
    Arrays.fill(byPlace, RowModel.NOISE);
    int group = 0;
    for (Range valley : valleys) {
      if (Arrays.stream(byPlace, valley.start, valley.end + 1).allMatch(g -> g < 0)) {
        Arrays.fill(byPlace, valley.start, valley.end + 1, group++);
      }
    }
    int[] labels = new int[n];
    for (int at = 0; at < n; at++) {
      labels[order.row(at)] = byPlace[at];
    }
    return labels;
  }

  private void scan() {
    int index = 0;
    double highest = 0;
    for (int at = 0; at < n; at++) {
      if (at < index || !(rises(at, complement) || falls(at, complement))) {
        continue;
      }
      for (int i = index; i <= at; i++) {
        highest = Math.max(highest, plot[i]);
      }
      filter(highest);
      boolean down = falls(at, complement);
      int end = extend(at, down);
      if (down) {
        falls.add(new Fall(at, end));
      } else {
        close(at, end);
      }
      index = end + 1;
      highest = plot[index];
    }
  }

  /** A ratio of two infinite values is neither way. */
  private boolean rises(int at, double factor) {
    double ratio = plot[at] / plot[at + 1];
    return factor < 1 ? ratio <= factor : ratio < 1;
  }

  private boolean falls(int at, double factor) {
    double ratio = plot[at] / plot[at + 1];
    return factor < 1 ? ratio >= 1 / factor : ratio > 1;
  }

  /** Forgets falls that a later rise has overtopped. */
  private void filter(double highest) {
    if (Double.isInfinite(highest)) {
      falls = new ArrayList<>();
      return;
    }
    falls.removeIf(fall -> highest > plot[fall.start] * complement);
    for (Fall fall : falls) {
      fall.since = Math.max(fall.since, highest);
    }
  }

  /** The end of a steep area, which may have some places that are not steep. */
  private int extend(int start, boolean down) {
    int flat = 0;
    int end = start;
    for (int at = start; at < n; at++) {
      boolean steep = down ? falls(at, complement) : rises(at, complement);
      boolean against = down ? rises(at, 1) : falls(at, 1);
      if (steep) {
        flat = 0;
        end = at;
      } else if (against) {
        return end;
      } else if (++flat > enough) {
        break;
      }
    }
    return end;
  }

  /** Valleys between the falls so far and a rise, smaller ones first. */
  private void close(int riseStart, int riseEnd) {
    List<Range> found = new ArrayList<>();
    for (Fall fall : falls) {
      if (plot[riseEnd + 1] * complement < fall.since) {
        continue;
      }
      Range levelled = level(fall, riseStart, riseEnd);
      @Nullable Range valley = corrected ? reachedFromWithin(levelled) : levelled;
      if (valley != null
          && valley.end - valley.start + 1 >= smallest
          && valley.start <= fall.end
          && valley.end >= riseStart) {
        found.add(valley);
      }
    }
    valleys.addAll(found.reversed());
  }

  /** Cuts the higher of both sides down to the lower. */
  private Range level(Fall fall, int riseStart, int riseEnd) {
    int start = fall.start;
    int end = riseEnd;
    double left = plot[fall.start];
    double right = plot[riseEnd + 1];
    if (left * complement >= right) {
      while (plot[start + 1] > right && start < fall.end) {
        start++;
      }
    } else if (right * complement >= left) {
      while (plot[end - 1] > left && end > riseStart) {
        end--;
      }
    }
    return new Range(start, end);
  }

  /** Cuts the end until its last row was reached from a row of the valley. */
  private @Nullable Range reachedFromWithin(Range valley) {
    for (int end = valley.end; valley.start < end; end--) {
      if (plot[valley.start] > plot[end]) {
        return new Range(valley.start, end);
      }
      int from = order.predecessor(order.row(end));
      for (int at = valley.start; at < end; at++) {
        if (order.row(at) == from) {
          return new Range(valley.start, end);
        }
      }
    }
    return null;
  }
}
