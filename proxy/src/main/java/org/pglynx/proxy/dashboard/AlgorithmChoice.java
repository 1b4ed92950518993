package org.pglynx.proxy.dashboard;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An algorithm that can be trained.
 *
 * @param name as {@code pgml.train} takes it
 * @param missing whether it learns from rows that lack a feature
 * @param tasks what it serves, as {@code pgml.train} takes them, with the hyperparameters there
 */
public record AlgorithmChoice(
    String name, boolean missing, Map<String, List<Hyperparameter>> tasks) {
  /**
   * A hyperparameter.
   *
   * @param aliases other names for it
   * @param kind whole, real, flag, choice or json
   * @param choices the texts that it takes, if it takes some
   * @param min the smallest number; negative infinity is no limit
   * @param max the largest number
   * @param nullable whether null is a value
   * @param domain all of that in words
   * @param otherwise what counts if it is not given, as JSON text; null if that depends on the rows
   */
  public record Hyperparameter(
      String name,
      List<String> aliases,
      String kind,
      List<String> choices,
      double min,
      double max,
      boolean nullable,
      String domain,
      @Nullable String otherwise) {
    /** Copies the lists. */
    public Hyperparameter {
      aliases = List.copyOf(aliases);
      choices = List.copyOf(choices);
    }
  }

  /** Copies the map. */
  public AlgorithmChoice {
    tasks = Map.copyOf(tasks);
  }
}
