package org.pglynx.ml.model;

import java.util.Optional;

/** How the held-out rows of a training run are chosen. */
public enum Sampling {
  /** A seeded shuffle. */
  RANDOM("random"),
  /** The last rows, in the order in which they were read. */
  LAST("last"),
  /** A seeded shuffle that keeps the share of every label in both parts. */
  STRATIFIED("stratified");

  private final String sqlName;

  Sampling(String sqlName) {
    this.sqlName = sqlName;
  }

  /** The name in SQL (enum {@code pgml.sampling}). */
  public String sqlName() {
    return sqlName;
  }

  /** The sampling of that SQL name, empty when there is none. */
  public static Optional<Sampling> bySqlName(String name) {
    for (Sampling sampling : values()) {
      if (sampling.sqlName.equals(name)) {
        return Optional.of(sampling);
      }
    }
    return Optional.empty();
  }
}
