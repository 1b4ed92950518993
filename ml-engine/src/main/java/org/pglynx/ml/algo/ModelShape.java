package org.pglynx.ml.algo;

import org.pglynx.ml.registry.PayloadReader;

/**
 * One shape of stored models.
 *
 * @param code its number in the stored format, for ever
 * @param type the class of its models
 * @param reader reads what such a model wrote
 */
public record ModelShape(int code, Class<? extends StoredModel> type, Reader reader) {
  /** Reads what {@link StoredModel#write} wrote. */
  @FunctionalInterface
  public interface Reader {
    /**
     * The model.
     *
     * @param nested reads models inside of it
     * @throws org.pglynx.ml.model.MlException of kind MODEL_FORMAT
     */
    StoredModel read(ModelInfo info, PayloadReader in, NestedModels nested);
  }
}
