package org.pglynx.ml.api;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Preprocess;

/**
 * One call of train.
 *
 * @param task what to learn
 * @param algorithm the algorithm's SQL name
 * @param hyperparams by name: Number, Boolean, String or null values ({@link JsonObjects#parse})
 * @param data the rows
 * @param testSize up to 1 the share of rows held out, above their number; 0 for no metrics
 * @param sampling how held-out rows are chosen
 * @param seed of the split, of folds and of the algorithm (unless hyperparameter random_state)
 * @param search the hyperparameter search, if any
 * @param preprocess what is done to columns before they are learnt from
 * @param auto the contest that chooses the algorithm, if any; then there is no search
 */
public record TrainingRequest(
    Task task,
    String algorithm,
    Map<String, @Nullable Object> hyperparams,
    DataSet data,
    double testSize,
    Sampling sampling,
    long seed,
    Optional<SearchRequest> search,
    Preprocess preprocess,
    Optional<AutoRequest> auto) {
  /** A call with an algorithm that was chosen. */
  public TrainingRequest(
      Task task,
      String algorithm,
      Map<String, @Nullable Object> hyperparams,
      DataSet data,
      double testSize,
      Sampling sampling,
      long seed,
      Optional<SearchRequest> search,
      Preprocess preprocess) {
    this(
        task,
        algorithm,
        hyperparams,
        data,
        testSize,
        sampling,
        seed,
        search,
        preprocess,
        Optional.empty());
  }

  /** A call without preprocessing. */
  public TrainingRequest(
      Task task,
      String algorithm,
      Map<String, @Nullable Object> hyperparams,
      DataSet data,
      double testSize,
      Sampling sampling,
      long seed,
      Optional<SearchRequest> search) {
    this(task, algorithm, hyperparams, data, testSize, sampling, seed, search, Preprocess.NONE);
  }

  /** Which rows are learnt from; the same every time, and not cheap for many rows. */
  public Split split() {
    return Split.of(data, testSize, sampling, seed, task);
  }
}
