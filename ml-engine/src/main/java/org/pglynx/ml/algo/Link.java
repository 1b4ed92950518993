package org.pglynx.ml.algo;

import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;

/** How raw scores become predictions. */
public enum Link {
  /** Regression and ranking: the score itself. */
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
  LARGEST,
  /** A score per class, each against the rest: logistic functions, scaled to a sum of one. */
  ONE_VS_REST,
  /** Two classes, one score: cut to -1 … 1, it says how far the probability is from 1/2. */
  CLIPPED,
  /** A score per class, each against the rest: cut to -1 … 1, scaled to a sum of one. */
  CLIPPED_ONE_VS_REST;

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
          case IDENTITY ->
              (info.task() == Task.REGRESSION || info.task() == Task.RANK) && outputs == 1;
          case EXPONENT, LOGIT -> info.task() == Task.REGRESSION && outputs == 1;
          case LOGISTIC, SIGN, CLIPPED -> classes == 2 && outputs == 1;
          case SOFTMAX, LARGEST, ONE_VS_REST, CLIPPED_ONE_VS_REST ->
              classes > 1 && outputs == classes;
        };
    in.require(fits, "%d scores with link %s".formatted(outputs, this));
  }

  /** Whether there are probabilities of classes. */
  public boolean probabilities() {
    return switch (this) {
      case LOGISTIC, SOFTMAX, ONE_VS_REST, CLIPPED, CLIPPED_ONE_VS_REST -> true;
      case IDENTITY, EXPONENT, LOGIT, SIGN, LARGEST -> false;
    };
  }

  /** The prediction of a link with a single score. */
  public float predict(float score) {
    return switch (this) {
      case IDENTITY -> score;
      case EXPONENT -> (float) Math.exp(score);
      case LOGIT -> logistic(score);
      case LOGISTIC, SIGN, CLIPPED -> score > 0 ? 1 : 0;
      case SOFTMAX, LARGEST, ONE_VS_REST, CLIPPED_ONE_VS_REST ->
          throw new IllegalStateException("one score of many");
    };
  }

  /**
   * The probabilities of a row.
   *
   * @param out the scores, of which there may be one, from {@code at} on; becomes the probabilities
   * @param classes how many
   */
  public void toProbabilities(float[] out, int at, int classes) {
    switch (this) {
      case LOGISTIC -> logistic(out[at], out, at);
      case SOFTMAX -> softmax(out, at, classes);
      case CLIPPED -> {
        out[at + 1] = clipped(out[at]);
        out[at] = 1 - out[at + 1];
      }
      case ONE_VS_REST -> {
        for (int i = at; i < at + classes; i++) {
          out[i] = logistic(out[i]);
        }
        scaleToOne(out, at, classes);
      }
      case CLIPPED_ONE_VS_REST -> {
        for (int i = at; i < at + classes; i++) {
          out[i] = clipped(out[i]);
        }
        scaleToOne(out, at, classes);
      }
      case IDENTITY, EXPONENT, LOGIT, SIGN, LARGEST ->
          throw new IllegalStateException("no probabilities");
    }
  }

  private static float clipped(float score) {
    return (Math.min(1, Math.max(-1, score)) + 1) / 2;
  }

  /** Where all are zero, all classes are as likely. */
  private static void scaleToOne(float[] out, int at, int classes) {
    float sum = 0;
    for (int i = at; i < at + classes; i++) {
      sum += out[i];
    }
    for (int i = at; i < at + classes; i++) {
      out[i] = sum == 0 ? 1f / classes : out[i] / sum;
    }
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
