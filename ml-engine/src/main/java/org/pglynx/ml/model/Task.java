package org.pglynx.ml.model;

import java.util.Optional;

/** What a project learns to do. */
public enum Task {
  /** A number per row; models are compared by r2. */
  REGRESSION("regression", "r2"),
  /** A class per row; models are compared by f1. */
  CLASSIFICATION("classification", "f1");

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
