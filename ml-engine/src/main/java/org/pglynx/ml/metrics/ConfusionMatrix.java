package org.pglynx.ml.metrics;

/**
 * Counts of (true class, predicted class), and the scores that follow from them. Precision, recall
 * and f1 are those of class 1 when there are two classes, else the plain mean over the classes that
 * occur among true or predicted ones; a score with a zero denominator is 0.
 */
public final class ConfusionMatrix {
  private final int classes;
  private final long[] count;
  private final long[] truthCount;
  private final long[] predictedCount;
  private final long total;

  /**
   * Counts.
   *
   * @param classes number of classes; indexes are below it
   */
  public ConfusionMatrix(int classes, int[] truth, int[] predicted) {
    this.classes = classes;
    this.count = new long[classes * classes];
    this.truthCount = new long[classes];
    this.predictedCount = new long[classes];
    this.total = truth.length;
    for (int i = 0; i < truth.length; i++) {
      count[truth[i] * classes + predicted[i]]++;
      truthCount[truth[i]]++;
      predictedCount[predicted[i]]++;
    }
  }

  /** Rows of that class for which this one was predicted. */
  public long count(int truth, int predicted) {
    return count[truth * classes + predicted];
  }

  /** The number of classes. */
  public int classes() {
    return classes;
  }

  /** The share of right predictions. */
  public double accuracy() {
    return share(hits(), total);
  }

  /** The share of right ones among predictions of a class. */
  public double precision() {
    return average(c -> share(hit(c), predictedCount[c]));
  }

  /** The share of found ones among rows of a class. */
  public double recall() {
    return average(c -> share(hit(c), truthCount[c]));
  }

  /** The harmonic mean of precision and recall, per class. */
  public double f1() {
    return average(c -> share(2 * hit(c), truthCount[c] + predictedCount[c]));
  }

  /** Matthews' correlation coefficient for any number of classes (Gorodkin 2004). */
  public double mcc() {
    double cross = 0;
    double truthSquares = 0;
    double predictedSquares = 0;
    for (int c = 0; c < classes; c++) {
      cross += (double) truthCount[c] * predictedCount[c];
      truthSquares += (double) truthCount[c] * truthCount[c];
      predictedSquares += (double) predictedCount[c] * predictedCount[c];
    }
    double n = total;
    double spread = (n * n - predictedSquares) * (n * n - truthSquares);
    return spread == 0 ? 0 : (hits() * n - cross) / Math.sqrt(spread);
  }

  @FunctionalInterface
  private interface ClassScore {
    double of(int c);
  }

  private double average(ClassScore score) {
    if (classes == 2) {
      return score.of(1);
    }
    double sum = 0;
    int present = 0;
    for (int c = 0; c < classes; c++) {
      if (truthCount[c] + predictedCount[c] > 0) {
        sum += score.of(c);
        present++;
      }
    }
    return present == 0 ? 0 : sum / present;
  }

  private long hit(int c) {
    return count[c * classes + c];
  }

  private long hits() {
    long hits = 0;
    for (int c = 0; c < classes; c++) {
      hits += hit(c);
    }
    return hits;
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
