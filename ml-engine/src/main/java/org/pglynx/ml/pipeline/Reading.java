package org.pglynx.ml.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Categories;

/**
 * How a model that was trained elsewhere reads one of its features.
 *
 * @param texts the categories from number 1 on, 0 is NULL; or null for a number
 * @param fill what stands in for a missing value; NaN for nothing
 */
public record Reading(@Nullable List<String> texts, float fill) {
  /** A number as it is. */
  public static final Reading PLAIN = new Reading(null, Float.NaN);

  Step step() {
    Categories categories = texts == null ? null : new Categories(texts);
    float[] numbers = new float[categories == null ? 0 : categories.count()];
    for (int code = 0; code < numbers.length; code++) {
      numbers[code] = code;
    }
    Step.Missing missing =
        !Float.isNaN(fill)
            ? Step.Missing.FILLED
            : categories == null ? Step.Missing.AS_THE_MODEL : Step.Missing.REFUSED;
    return new Step(categories, numbers, false, missing, fill, 0, 1);
  }
}
