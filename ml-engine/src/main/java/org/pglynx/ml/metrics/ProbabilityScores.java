package org.pglynx.ml.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalDouble;

/** Scores of predicted class probabilities. */
public final class ProbabilityScores {
  /** scikit-learn 1.2 keeps probabilities this far from 0 and 1 before it takes logarithms. */
  private static final double CLIP = 1e-15;

  private final int classes;
  private final int[] truth;
  private final float[] probability;

  /**
   * Scores.
   *
   * @param classes columns of the probabilities
   * @param truth class indexes; one outside of the columns has probability 0
   * @param probability rows × classes
   */
  public ProbabilityScores(int classes, int[] truth, float[] probability) {
    this.classes = classes;
    this.truth = truth;
    this.probability = probability;
  }

  /** The mean negative logarithm of the probability given to the true class. */
  public double logLoss() {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      double p = truth[i] < classes ? probability[i * classes + truth[i]] : 0;
      sum -= Math.log(Math.min(1 - CLIP, Math.max(CLIP, p)));
    }
    return sum / truth.length;
  }

  /**
   * The area under the ROC curve of class 1, or for more classes the mean of every class against
   * the rest. Empty when no class has both members and others.
   */
  public OptionalDouble rocAuc() {
    if (classes == 2) {
      return areaOf(1);
    }
    double sum = 0;
    int defined = 0;
    for (int c = 0; c < classes; c++) {
      OptionalDouble area = areaOf(c);
      if (area.isPresent()) {
        sum += area.getAsDouble();
        defined++;
      }
    }
    return defined == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / defined);
  }

  /** By the rank sum of the class's rows (Mann, Whitney), ties sharing their mean rank. */
  private OptionalDouble areaOf(int c) {
    Integer[] order = new Integer[truth.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> probability[i * classes + c]));
    double rankSum = 0;
    long members = 0;
    int from = 0;
    while (from < order.length) {
      int to = from;
      float value = probability[order[from] * classes + c];
      int inGroup = 0;
      while (to < order.length && probability[order[to] * classes + c] == value) {
        inGroup += truth[order[to]] == c ? 1 : 0;
        to++;
      }
      rankSum += inGroup * ((from + 1 + to) / 2.0);
      members += inGroup;
      from = to;
    }
    long others = truth.length - members;
    if (members == 0 || others == 0) {
      return OptionalDouble.empty();
    }
    double below = rankSum - members * (members + 1) / 2.0;
    return OptionalDouble.of(below / ((double) members * others));
  }
}
