package org.pglynx.ml.api;

import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Model;

/** What a row must be for a model to predict from it. */
final class RowCheck {
  private RowCheck() {}

  static void check(Model model, float[] row, int offset, int count, boolean nulls) {
    if (count != model.featureCount()) {
      throw new MlException(
          Kind.WRONG_FEATURE_COUNT,
          "the model takes %d features, but %d were given".formatted(model.featureCount(), count),
          "Features in order: " + String.join(", ", model.featureNames()),
          null);
    }
    if (nulls && !model.acceptsMissing()) {
      throw new MlException(
          Kind.NULL_FEATURE,
          "a feature is NULL, and algorithm \"" + model.algorithm() + "\" takes no missing values",
          "Use coalesce(), or train with algorithm => 'xgboost', which takes NULL features.");
    }
    for (int i = 0; i < count; i++) {
      float value = row[offset + i];
      if (Float.isInfinite(value) || (Float.isNaN(value) && !model.acceptsMissing())) {
        throw new MlException(
            Kind.NON_FINITE,
            "feature \"%s\" is %s, which is not a finite number"
                .formatted(model.featureNames().get(i), value));
      }
    }
  }
}
