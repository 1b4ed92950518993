package org.pglynx.ml.api;

import org.pglynx.ml.model.Categories;
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
    for (int i = 0; i < count; i++) {
      float value = row[offset + i];
      Categories categories = model.categories(i);
      if (categories != null) {
        checkCategory(model, i, categories, value);
      } else if (Float.isNaN(value) && !model.acceptsMissing(i)) {
        throw nulls ? missing(model, i, "NULL") : nonFinite(model, i, value);
      } else if (Float.isInfinite(value)) {
        throw nonFinite(model, i, value);
      }
    }
  }

  private static void checkCategory(Model model, int feature, Categories categories, float value) {
    if (Float.isNaN(value)) {
      return;
    }
    if (!categories.isCode(value)) {
      throw new MlException(
          Kind.BAD_DATA,
          "feature \"%s\" is a category: %s is none of its codes 0 to %d"
              .formatted(model.featureNames().get(feature), value, categories.count() - 1),
          "Pass a row or a record with its text: pgml.predict('project', ROW('text'::text, …)).");
    }
    if (value < 0 && !model.acceptsMissing(feature)) {
      throw missing(model, feature, "a category that was not in the training rows");
    }
  }

  private static MlException missing(Model model, int feature, String what) {
    return new MlException(
        Kind.NULL_FEATURE,
        "feature \"%s\" is %s, which algorithm %s does not take"
            .formatted(model.featureNames().get(feature), what, model.algorithm()),
        "Use coalesce(), train with preprocess => '{\"%s\": {\"impute\": \"mode\"}}', or with"
                .formatted(model.featureNames().get(feature))
            + " algorithm => 'xgboost', which takes missing values.");
  }

  private static MlException nonFinite(Model model, int feature, float value) {
    return new MlException(
        Kind.NON_FINITE,
        "feature \"%s\" is %s, which is not a finite number"
            .formatted(model.featureNames().get(feature), value));
  }
}
