package org.pglynx.proxy.dashboard;

import java.util.List;

/**
 * An algorithm that can be trained.
 *
 * @param name as {@code pgml.train} takes it
 * @param tasks what it serves, as {@code pgml.train} takes them
 * @param hyperparameters the names it takes
 */
public record AlgorithmChoice(String name, List<String> tasks, List<String> hyperparameters) {
  /** Copies the lists. */
  public AlgorithmChoice {
    tasks = List.copyOf(tasks);
    hyperparameters = List.copyOf(hyperparameters);
  }
}
