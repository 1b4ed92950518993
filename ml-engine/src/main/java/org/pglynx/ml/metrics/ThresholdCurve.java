package org.pglynx.ml.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How well a score tells the members of a class from others: the ROC curve and the curve of
 * precision and recall, with one point for each threshold. Areas are over all thresholds; of the
 * points so many are kept that a chart of them looks the same.
 *
 * @param members rows of the class
 * @param others all other rows
 * @param area under the ROC curve, 0.5 where the class has no members or no others
 * @param averagePrecision the mean precision over the steps of recall, as scikit-learn's
 * @param points from the highest threshold to the lowest
 */
public record ThresholdCurve(
    long members, long others, double area, double averagePrecision, List<Point> points) {
  /** A point is kept when the shares have moved by this since the last one. */
  private static final double STEP = 0.02;

  /**
   * What follows when all rows with at least that score are taken for members.
   *
   * @param threshold the score
   * @param recall the share of members that are found
   * @param falseAlarms the share of others that are taken for members
   * @param precision the share of members among what is taken for one
   */
  public record Point(double threshold, double recall, double falseAlarms, double precision) {}

  /** Copies the points. */
  public ThresholdCurve {
    points = List.copyOf(points);
  }

  /** The curve of these rows. */
  public static ThresholdCurve of(boolean[] member, float[] score) {
    return new Walk(member).along(descending(score), score);
  }

  /** Row numbers, the highest score first; sorted as numbers, which boxes nothing. */
  private static int[] descending(float[] score) {
    long[] keys = new long[score.length];
    for (int i = 0; i < score.length; i++) {
      int bits = Float.floatToIntBits(score[i]);
      int ordered = bits < 0 ? ~bits & Integer.MAX_VALUE | Integer.MIN_VALUE : bits;
      keys[i] = (long) ordered << Integer.SIZE | i;
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) keys[keys.length - 1 - i];
    }
    return order;
  }

  /** One pass over the rows, those with the same score at a time. */
  private static final class Walk {
    private final boolean[] member;
    private final long members;
    private final long others;
    private final List<Point> points = new ArrayList<>();
    private long found;
    private long alarms;
    private double area;
    private double averagePrecision;

    Walk(boolean[] member) {
      this.member = member;
      long count = 0;
      for (boolean each : member) {
        count += each ? 1 : 0;
      }
      this.members = count;
      this.others = member.length - count;
    }

    ThresholdCurve along(int[] order, float[] score) {
      for (int from = 0; from < order.length; ) {
        float threshold = score[order[from]];
        long foundBefore = found;
        long alarmsBefore = alarms;
        int to = from;
        while (to < order.length && score[order[to]] == threshold) {
          if (member[order[to++]]) {
            found++;
          } else {
            alarms++;
          }
        }
        step(foundBefore, alarmsBefore);
        keep(threshold, to == order.length);
        // A score that is no number equals nothing, not even itself.
        from = Math.max(to, from + 1);
      }
      boolean defined = members > 0 && others > 0;
      return new ThresholdCurve(
          members, others, defined ? area : 0.5, members > 0 ? averagePrecision : 0, points);
    }

    private void step(long foundBefore, long alarmsBefore) {
      double height = (share(found, members) + share(foundBefore, members)) / 2;
      area += share(alarms - alarmsBefore, others) * height;
      averagePrecision += share(found - foundBefore, members) * share(found, found + alarms);
    }

    private void keep(float threshold, boolean last) {
      Point next =
          new Point(
              threshold,
              share(found, members),
              share(alarms, others),
              share(found, found + alarms));
      double moved = next.recall() + next.falseAlarms();
      Point before = points.isEmpty() ? new Point(0, -1, 0, 0) : points.getLast();
      if (last || moved - before.recall() - before.falseAlarms() >= STEP) {
        points.add(next);
      }
    }

    private static double share(long part, long whole) {
      return whole == 0 ? 0 : (double) part / whole;
    }
  }
}
