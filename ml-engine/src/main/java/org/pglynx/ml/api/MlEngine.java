package org.pglynx.ml.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;

/** Trains, stores and describes. Safe to use from any number of threads; all calls block. */
public final class MlEngine {
  private final EngineSettings settings;

  /** An engine with these limits. */
  public MlEngine(EngineSettings settings) {
    this.settings = settings;
  }

  /** Every algorithm name SQL knows, served or not, in PostgresML's order. */
  public List<AlgorithmInfo> algorithms() {
    throw notYet();
  }

  /**
   * Checks the arguments of a training run before any data is read.
   *
   * @throws MlException of kind UNKNOWN_ALGORITHM, UNSUPPORTED_TASK or BAD_HYPERPARAMETER
   */
  public void check(Task task, String algorithm, Map<String, @Nullable Object> hyperparams) {
    throw notYet();
  }

  /**
   * Splits, fits and scores.
   *
   * @throws MlException of every kind but MODEL_FORMAT and QUEUE_FULL
   */
  public TrainedModel train(
      TrainingRequest request, ProgressListener progress, CancelToken cancel) {
    throw notYet();
  }

  /** The model as bytes of our own format. */
  public byte[] encode(Model model) {
    throw notYet();
  }

  /**
   * The model of these bytes.
   *
   * @throws MlException of kind MODEL_FORMAT when they are damaged, too large or of another version
   */
  public Model decode(byte[] bytes) {
    throw notYet();
  }

  /**
   * Checks a row of features before it is predicted.
   *
   * @param nulls whether some feature is NULL
   * @throws MlException of kind WRONG_FEATURE_COUNT, NULL_FEATURE or NON_FINITE
   */
  public static void checkRow(Model model, float[] row, int offset, int count, boolean nulls) {
    RowCheck.check(model, row, offset, count, nulls);
  }

  private MlException notYet() {
    return new MlException(MlException.Kind.INTERNAL, "training is not served yet: " + settings);
  }
}
