package org.pglynx.ml.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A hyperparameter search.
 *
 * @param kind all candidates or some
 * @param params the candidate values of each searched hyperparameter
 * @param iterations candidates that a random search tries
 * @param folds cross-validation folds, at least 2
 */
public record SearchRequest(
    Kind kind, Map<String, List<@Nullable Object>> params, int iterations, int folds) {
  /** Which candidates of the grid are tried. */
  public enum Kind {
    /** All of them. */
    GRID("grid"),
    /** A seeded choice without replacement. */
    RANDOM("random");

    private final String sqlName;

    Kind(String sqlName) {
      this.sqlName = sqlName;
    }

    /** The name in SQL (enum {@code pgml.search}). */
    public String sqlName() {
      return sqlName;
    }

    /** The search of that SQL name, empty when there is none. */
    public static Optional<Kind> bySqlName(String name) {
      for (Kind kind : values()) {
        if (kind.sqlName.equals(name)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }
}
