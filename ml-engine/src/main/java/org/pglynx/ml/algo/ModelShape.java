package org.pglynx.ml.algo;

import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.PayloadReader;

/** What a stored model's task, classes, link and number of scores must have in common. */
final class ModelShape {
  private ModelShape() {}

  static void requireOutputs(PayloadReader in, ModelInfo info, Link link, int outputs) {
    int classes = info.classes().count();
    boolean fits =
        switch (link) {
          case IDENTITY, EXPONENT, LOGIT -> info.task() == Task.REGRESSION && outputs == 1;
          case LOGISTIC, SIGN -> classes == 2 && outputs == 1;
          case SOFTMAX, LARGEST -> classes > 1 && outputs == classes;
        };
    in.require(fits, "%d scores with link %s".formatted(outputs, link));
  }
}
