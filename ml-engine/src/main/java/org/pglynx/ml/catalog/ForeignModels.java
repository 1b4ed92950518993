package org.pglynx.ml.catalog;

import java.util.List;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.boost.ForeignFormats;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ModelFormat;
import org.pglynx.ml.model.Task;

/** Models from and to the forms of other libraries. */
public final class ForeignModels {
  private final long maxBytes;

  /** Reads no more than that many bytes. */
  public ForeignModels(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * The model of a file.
   *
   * @throws org.pglynx.ml.model.MlException of kind MODEL_FORMAT or BAD_ARGUMENT
   */
  public StoredModel read(byte[] bytes, Task task, List<String> features, ClassLabels classes) {
    return ForeignFormats.read(bytes, maxBytes, task, features, classes);
  }

  /**
   * The model as a file.
   *
   * @throws org.pglynx.ml.model.MlException of kind UNSUPPORTED_TASK when it has no such form
   */
  public byte[] write(Model model, ModelFormat format) {
    return ForeignFormats.write(model, format);
  }
}
