package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;

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
  private static final int DEFAULT_ITERATIONS = 10;
  private static final int DEFAULT_FOLDS = 5;

  /**
   * A search from the arguments of train, as PostgresML reads them.
   *
   * @param params search_params: every value is an array
   * @param args search_args: n_iter and cv
   * @throws MlException of kind BAD_ARGUMENT when something else is in them
   */
  public static SearchRequest of(
      Kind kind, Map<String, @Nullable Object> params, Map<String, @Nullable Object> args) {
    for (String name : args.keySet()) {
      if (!name.equals("n_iter") && !name.equals("cv")) {
        throw new MlException(
            MlException.Kind.BAD_ARGUMENT,
            "Unknown search_args => " + name,
            "Known are n_iter and cv.");
      }
    }
    Map<String, List<@Nullable Object>> lists = new LinkedHashMap<>();
    params.forEach((name, values) -> lists.put(name, candidates(name, values)));
    int iterations = count(args, "n_iter", DEFAULT_ITERATIONS, 1);
    return new SearchRequest(kind, lists, iterations, count(args, "cv", DEFAULT_FOLDS, 2));
  }

  private static List<@Nullable Object> candidates(String name, @Nullable Object values) {
    if (!(values instanceof List<?> list)) {
      throw new MlException(
          MlException.Kind.BAD_ARGUMENT,
          "search_params: the candidates of \"%s\" are not an array".formatted(name),
          "Write them like '{\"max_depth\": [3, 6]}'.");
    }
    return new ArrayList<>(list);
  }

  private static int count(
      Map<String, @Nullable Object> args, String name, int otherwise, int least) {
    if (!args.containsKey(name)) {
      return otherwise;
    }
    if (args.get(name) instanceof Integer value && value >= least) {
      return value;
    }
    throw new MlException(
        MlException.Kind.BAD_ARGUMENT,
        "search_args: %s must be an integer of at least %d, not %s"
            .formatted(name, least, args.get(name)));
  }

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
