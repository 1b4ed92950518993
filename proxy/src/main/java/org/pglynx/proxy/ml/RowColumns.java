package org.pglynx.proxy.ml;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Columns of a training relation that say something of its rows, and that models do not learn from.
 * Calls name them among the hyperparameters.
 *
 * @param weight the column of the rows' weights, or null
 * @param group the column of the groups that rows belong to, or null
 */
record RowColumns(@Nullable String weight, @Nullable String group) {
  /** Where calls, models and snapshots name the column of the weights. */
  static final String WEIGHT = "sample_weight_column";

  /** Where they name the column of the groups. */
  static final String GROUP = "group_column";

  static final RowColumns NONE = new RowColumns(null, null);

  /** Takes the columns out of the hyperparameters, which must be mutable. */
  static RowColumns takenFrom(Map<String, @Nullable Object> hyperparams) throws PgErrorException {
    return new RowColumns(taken(hyperparams, WEIGHT), taken(hyperparams, GROUP));
  }

  private static @Nullable String taken(Map<String, @Nullable Object> hyperparams, String name)
      throws PgErrorException {
    return switch (hyperparams.remove(name)) {
      case null -> null;
      case String column -> column;
      case Object other ->
          throw MlErrors.invalid("hyperparameter \"%s\" names no column: %s".formatted(name, other))
              .withHint("Write it like '{\"%s\": \"column\"}'.".formatted(name))
              .toException();
    };
  }

  /** Whether there is none. */
  boolean none() {
    return weight == null && group == null;
  }

  /** Hyperparameters with the columns named again, as they are stored. */
  Map<String, @Nullable Object> with(Map<String, @Nullable Object> hyperparams) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(hyperparams);
    if (weight != null) {
      all.put(WEIGHT, weight);
    }
    if (group != null) {
      all.put(GROUP, group);
    }
    return all;
  }

  /** What a column is for, unless it is a label. */
  ColumnSpec.Role role(String column) {
    if (column.equals(weight)) {
      return ColumnSpec.Role.WEIGHT;
    }
    return column.equals(group) ? ColumnSpec.Role.GROUP : ColumnSpec.Role.FEATURE;
  }
}
