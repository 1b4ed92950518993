package org.pglynx.ml.projection;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.model.MlException;

/** How many components: a number, a share of the variance, or null for all. */
final class ComponentCount {
  static final ParameterSpec COUNT = ParameterSpec.wholeOrNull("n_components", 1, 1_000_000);
  static final ParameterSpec COUNT_OR_SHARE =
      new ParameterSpec("n_components", List.of(), new Domain.CountOrShare());

  private ComponentCount() {}

  /**
   * The number.
   *
   * @param singular values of which the squares are variances, descending
   */
  static int of(Parameters parameters, double[] singular) {
    @Nullable Object raw = parameters.raw("n_components");
    if (raw instanceof Double share) {
      return explaining(share, singular);
    }
    int count = raw == null ? singular.length : (int) (long) (Long) raw;
    requireAtMost(count, singular.length);
    return count;
  }

  /** Refuses more components than the data has. */
  static void requireAtMost(int count, int most) {
    if (count > most) {
      throw new MlException(
          MlException.Kind.BAD_HYPERPARAMETER,
          "n_components = %d is more than the %d that the data has".formatted(count, most),
          "There are as many components as features, or as training rows if those are fewer.");
    }
  }

  /** The least number of components that explain more than a share. */
  private static int explaining(double share, double[] singular) {
    double total = 0;
    for (double s : singular) {
      total += s * s;
    }
    double sum = 0;
    for (int c = 0; c < singular.length; c++) {
      sum += singular[c] * singular[c];
      if (sum > share * total) {
        return c + 1;
      }
    }
    return singular.length;
  }
}
