package org.pglynx.ml.model;

import java.util.Optional;

/** What a project learns to do. */
public enum Task {
  /** A number per row; models are compared by r2. */
  REGRESSION("regression", "r2"),
  /** A class per row; models are compared by f1. */
  CLASSIFICATION("classification", "f1"),
  /** A group per row, without labels; models are compared by silhouette. */
  CLUSTERING("clustering", "silhouette"),
  /** Fewer numbers that tell most of a row; compared by cumulative_explained_variance. */
  DECOMPOSITION("decomposition", "cumulative_explained_variance"),
  /** An order among the rows of a group; models are compared by ndcg. */
  RANK("rank", "ndcg");

  private final String sqlName;
  private final String keyMetric;

  Task(String sqlName, String keyMetric) {
    this.sqlName = sqlName;
    this.keyMetric = keyMetric;
  }

  /** The task's name in SQL (enum {@code pgml.task}). */
  public String sqlName() {
    return sqlName;
  }

  /** Whether models learn from labels. */
  public boolean supervised() {
    return switch (this) {
      case REGRESSION, CLASSIFICATION, RANK -> true;
      case CLUSTERING, DECOMPOSITION -> false;
    };
  }

  /** The metric (higher is better) by which models of this task are compared. */
  public String keyMetric() {
    return keyMetric;
  }

  /** The task of that SQL name, empty when this engine does not serve it. */
  public static Optional<Task> bySqlName(String name) {
    for (Task task : values()) {
      if (task.sqlName.equals(name)) {
        return Optional.of(task);
      }
    }
    return Optional.empty();
  }
}
