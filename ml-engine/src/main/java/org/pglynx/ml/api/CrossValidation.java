package org.pglynx.ml.api;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.data.Folds;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.exec.Workers;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;

/**
 * Fits hyperparameters on folds and scores what they held out. Folds of all candidates are fitted
 * side by side, each on one thread: together they use the threads of one training, and a score does
 * not depend on how many these are.
 */
final class CrossValidation {
  private static final double NANOS = 1e9;

  /** Gets what each fold gave, from several threads. */
  interface Sink {
    /**
     * A fold's figures.
     *
     * @param key the key metric, NaN when it is not defined
     */
    void put(int candidate, int fold, double key, double fitSeconds, double scoreSeconds);

    /** A fold could not be fitted or scored; to throw ends the measuring of all candidates. */
    default void failed(int candidate, MlException failure) {
      throw failure;
    }

    /** Whether further folds of the candidate are of use. */
    default boolean wants(int candidate) {
      return true;
    }
  }

  private final TrainingData data;
  private final Folds folds;
  private final int foldCount;
  private final FitContext context;

  CrossValidation(TrainingData data, Folds folds, int foldCount, FitContext context) {
    this.data = data;
    this.folds = folds;
    this.foldCount = foldCount;
    this.context = context;
  }

  /**
   * Measures candidates.
   *
   * @param phase what progress calls the fits
   * @throws MlException that the training was cancelled, or what the results throw of a failure; no
   *     other fit starts then
   */
  void measure(
      int count, IntFunction<Map<String, @Nullable Object>> candidate, Sink results, String phase) {
    int fits = count * foldCount;
    int side = Math.min(data.tablesThatFit(folds.fold(0).train()), context.threads());
    AtomicInteger done = new AtomicInteger();
    try (Workers workers = new Workers("pglynx-search", Math.min(fits, side))) {
      workers.forEach(
          fits,
          i -> {
            context.cancel().check();
            int number = i / foldCount;
            if (results.wants(number)) {
              attempt(number, i % foldCount, candidate.apply(number), results);
            }
            context.progress().progress(phase, done.incrementAndGet(), fits);
          });
    }
  }

  private void attempt(
      int candidate, int fold, Map<String, @Nullable Object> hyperparams, Sink results) {
    try {
      fit(candidate, fold, hyperparams, results);
    } catch (MlException failure) {
      if (failure.kind() == MlException.Kind.CANCELLED) {
        throw failure;
      }
      results.failed(candidate, failure);
    }
  }

  private void fit(
      int candidate, int fold, Map<String, @Nullable Object> hyperparams, Sink results) {
    FitContext alone = new FitContext(context.seed(), 1, context.cancel(), ProgressListener.NONE);
    Split rows = folds.fold(fold);
    long start = System.nanoTime();
    Model model = data.fit(rows.train(), hyperparams, alone);
    long fitted = System.nanoTime();
    Map<String, Double> scores =
        new Scoring(model, data.data(), rows.test(), context.cancel()).metrics();
    long scored = System.nanoTime();
    double key = scores.getOrDefault(data.task().keyMetric(), Double.NaN);
    results.put(candidate, fold, key, (fitted - start) / NANOS, (scored - fitted) / NANOS);
  }
}
