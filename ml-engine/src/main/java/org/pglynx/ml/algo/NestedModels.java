package org.pglynx.ml.algo;

import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/** Writes and reads the models that other models are made of. */
public interface NestedModels {
  /** Writes a model with all it knows about itself. */
  void write(StoredModel model, PayloadWriter out);

  /**
   * Reads one.
   *
   * @throws org.pglynx.ml.model.MlException of kind MODEL_FORMAT when it is none, or nested too
   *     deep
   */
  StoredModel read(PayloadReader in);
}
