package org.pglynx.ml.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;

/**
 * A hyperparameter search.
 *
 * @param kind all candidates or some
 * @param params the values of each searched hyperparameter
 * @param iterations candidates that a random search tries
 * @param folds cross-validation folds, at least 2
 */
public record SearchRequest(
    Kind kind, Map<String, SearchValues> params, int iterations, int folds) {
  private static final int DEFAULT_ITERATIONS = 10;
  private static final int MAX_CANDIDATES = 10_000;

  /** A grid may be this large when only some of it is tried. */
  private static final long MAX_GRID = 1L << 53;

  /**
   * Checks that it can be searched.
   *
   * @throws MlException of kind BAD_ARGUMENT
   */
  public SearchRequest {
    for (Map.Entry<String, SearchValues> param : params.entrySet()) {
      if (kind == Kind.GRID && !(param.getValue() instanceof SearchValues.Choice)) {
        throw new MlException(
            MlException.Kind.BAD_ARGUMENT,
            "search_params: a grid cannot be made of the range of \"%s\"".formatted(param.getKey()),
            "List its values, or use search => 'random'.");
      }
    }
    long size = gridSize(params);
    long tried = kind == Kind.GRID || size == 0 ? size : iterations;
    if (tried == 0 || tried > MAX_CANDIDATES) {
      throw new MlException(
          MlException.Kind.BAD_ARGUMENT,
          "search_params give %d candidates".formatted(tried),
          "Give 1 to %d: at least one value for every name.".formatted(MAX_CANDIDATES),
          null);
    }
  }

  /**
   * A search from the arguments of train, as PostgresML reads them, and with ranges.
   *
   * @param params search_params: every value is an array or, for a random search, a range
   * @param args search_args: n_iter and cv
   * @throws MlException of kind BAD_ARGUMENT when something else is in them
   */
  public static SearchRequest of(
      Kind kind, Map<String, @Nullable Object> params, Map<String, @Nullable Object> args) {
    SearchArgs given = new SearchArgs(args, "n_iter", "cv");
    if (params.isEmpty()) {
      throw new MlException(
          MlException.Kind.BAD_ARGUMENT,
          "a search needs search_params",
          "Write them like '{\"max_depth\": [3, 6]}'.");
    }
    Map<String, SearchValues> values = new LinkedHashMap<>();
    params.forEach((name, json) -> values.put(name, SearchValues.of(name, json)));
    int iterations = given.whole("n_iter", DEFAULT_ITERATIONS, 1);
    return new SearchRequest(kind, values, iterations, given.folds());
  }

  /** How many candidates are tried, unless a random search has too few different ones. */
  public long candidates() {
    long size = gridSize(params);
    return kind == Kind.GRID ? size : Math.min(size, iterations);
  }

  /** Requires that no hyperparameter is both searched and given. */
  void requireApart(Map<String, @Nullable Object> hyperparams) {
    for (String name : params.keySet()) {
      if (hyperparams.containsKey(name)) {
        throw new MlException(
            MlException.Kind.BAD_ARGUMENT,
            ("`%s` cannot be present in both hyperparams and search_params. "
                    + "Please choose one or the other.")
                .formatted(name));
      }
    }
  }

  /** The number of points of the grid; a very large number for ranges. */
  private static long gridSize(Map<String, SearchValues> params) {
    double size = 1;
    for (SearchValues values : params.values()) {
      size *=
          switch (values) {
            case SearchValues.Choice choice -> choice.values().size();
            case SearchValues.WholeRange range -> range.max() - range.min() + 1.0;
            case SearchValues.RealRange range -> range.min() == range.max() ? 1 : MAX_GRID;
          };
    }
    return (long) Math.min(size, MAX_GRID);
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
