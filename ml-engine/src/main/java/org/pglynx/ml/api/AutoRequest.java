package org.pglynx.ml.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;

/**
 * A contest of algorithms: {@code algorithm => 'auto'}.
 *
 * @param seconds the time for all of it
 * @param algorithms who takes part; empty for all that serve the task
 * @param folds cross-validation folds, at least 2
 */
public record AutoRequest(double seconds, List<String> algorithms, int folds) {
  /** The algorithm's name in SQL. */
  public static final String NAME = "auto";

  private static final double DEFAULT_SECONDS = 60;
  private static final double DAY = 86_400;

  /** Copies the names. */
  public AutoRequest {
    algorithms = List.copyOf(algorithms);
  }

  /**
   * A contest from the arguments of train.
   *
   * @param args search_args: seconds, algorithms and cv
   * @throws MlException of kind BAD_ARGUMENT when something else is in them
   */
  public static AutoRequest of(Map<String, @Nullable Object> args) {
    SearchArgs given = new SearchArgs(args, "seconds", "algorithms", "cv");
    return new AutoRequest(
        given.seconds("seconds", DEFAULT_SECONDS, DAY), given.texts("algorithms"), given.folds());
  }
}
