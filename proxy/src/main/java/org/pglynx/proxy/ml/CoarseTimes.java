package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.FeatureColumn;

/**
 * Columns of times whose values lie so close together that much of their difference is lost: a
 * feature is a float, and seconds since 1970 have steps of two minutes today.
 */
final class CoarseTimes {
  /** As many steps are enough for every split that a model may want. */
  private static final int ENOUGH_STEPS = 10_000;

  private CoarseTimes() {}

  /** What to tell the client about each such column. */
  static List<String> warnings(List<TrainingColumn> columns, DataSet data) {
    List<String> warnings = new ArrayList<>();
    List<FeatureColumn> features = data.featureColumns();
    int next = 0;
    for (TrainingColumn column : columns) {
      if (!column.feature()) {
        continue;
      }
      FeatureColumn place = features.get(next++);
      if (column.kind() == CellKind.TIMESTAMP && !column.array()) {
        warn(column.spec().name(), data, place.first(), warnings);
      }
    }
    return warnings;
  }

  private static void warn(String name, DataSet data, int feature, List<String> warnings) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int row = 0; row < data.rowCount(); row++) {
      float value = data.feature(row, feature);
      if (Float.isFinite(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    float step = Math.ulp(Math.max(Math.abs(least), Math.abs(most)));
    if (most >= least && step > 1 && (most - least) / step < ENOUGH_STEPS) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "column \"%s\" is learnt in steps of %.0f seconds: features are real numbers."
                  + " Subtract a time of its own in a view, or extract what matters",
              name,
              step));
    }
  }
}
