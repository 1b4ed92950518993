package org.pglynx.ml.algo;

import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;

/** How raw scores become predictions. */
public enum Link {
  /** Regression: the score itself. */
  IDENTITY,
  /** Regression on a log scale: exp of the score. */
  EXPONENT,
  /** Regression of a share: the logistic function of the score. */
  LOGIT,
  /** Two classes, one score: the logistic function is the probability of class 1. */
  LOGISTIC,
  /** A score per class: softmax gives the probabilities. */
  SOFTMAX,
  /** Two classes, one score, whose sign decides; no probabilities. */
  SIGN,
  /** A score per class, of which the largest decides; no probabilities. */
  LARGEST;

  /** Scores beyond this overflow expf; XGBoost clips at the same point. */
  private static final float MAX_EXPONENT = 88.7f;

  /**
   * Requires that a stored model's task, classes and number of scores fit.
   *
   * @throws org.pglynx.ml.model.MlException of kind MODEL_FORMAT
   */
  public void requireOutputs(PayloadReader in, ModelInfo info, int outputs) {
    int classes = info.classes().count();
    boolean fits =
        switch (this) {
          case IDENTITY, EXPONENT, LOGIT -> info.task() == Task.REGRESSION && outputs == 1;
          case LOGISTIC, SIGN -> classes == 2 && outputs == 1;
          case SOFTMAX, LARGEST -> classes > 1 && outputs == classes;
        };
    in.require(fits, "%d scores with link %s".formatted(outputs, this));
  }

  /** Whether there are probabilities of classes. */
  public boolean probabilities() {
    return switch (this) {
      case LOGISTIC, SOFTMAX -> true;
      case IDENTITY, EXPONENT, LOGIT, SIGN, LARGEST -> false;
    };
  }

  /** The prediction of a link with a single score. */
  public float predict(float score) {
    return switch (this) {
      case IDENTITY -> score;
      case EXPONENT -> (float) Math.exp(score);
      case LOGIT -> logistic(score);
      case LOGISTIC, SIGN -> score > 0 ? 1 : 0;
      case SOFTMAX, LARGEST -> throw new IllegalStateException("one score of many");
    };
  }

  /** The logistic function in the operations and the precision of XGBoost's. */
  public static float logistic(float score) {
    float denominator = (float) Math.exp(Math.min(-score, MAX_EXPONENT)) + 1f;
    return 1f / denominator;
  }

  /** Probabilities of two classes from the score of class 1. */
  public static void logistic(float score, float[] out, int at) {
    float p = logistic(score);
    out[at] = 1f - p;
    out[at + 1] = p;
  }

  /** Softmax in place, in the operations and the precision of XGBoost's. */
  public static void softmax(float[] scores, int at, int count) {
    float max = scores[at];
    for (int i = 1; i < count; i++) {
      max = Math.max(max, scores[at + i]);
    }
    double sum = 0;
    for (int i = at; i < at + count; i++) {
      scores[i] = (float) Math.exp(scores[i] - max);
      sum += scores[i];
    }
    float divisor = (float) sum;
    for (int i = at; i < at + count; i++) {
      scores[i] /= divisor;
    }
  }
}
