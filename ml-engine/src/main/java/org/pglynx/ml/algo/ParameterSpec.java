package org.pglynx.ml.algo;

import java.util.List;

/**
 * A hyperparameter.
 *
 * @param name its main name
 * @param aliases other names for it
 * @param domain the values it takes
 */
record ParameterSpec(String name, List<String> aliases, Domain domain) {
  static ParameterSpec whole(String name, long min, long max, String... aliases) {
    return new ParameterSpec(name, List.of(aliases), new Domain.Whole(min, max, false));
  }

  static ParameterSpec wholeOrNull(String name, long min, long max, String... aliases) {
    return new ParameterSpec(name, List.of(aliases), new Domain.Whole(min, max, true));
  }

  /** A number of at least min. */
  static ParameterSpec atLeast(String name, double min, String... aliases) {
    Domain domain = new Domain.Real(min, true, Double.POSITIVE_INFINITY);
    return new ParameterSpec(name, List.of(aliases), domain);
  }

  /** A number above zero. */
  static ParameterSpec positive(String name, String... aliases) {
    Domain domain = new Domain.Real(0, false, Double.POSITIVE_INFINITY);
    return new ParameterSpec(name, List.of(aliases), domain);
  }

  /** A number above zero and at most one. */
  static ParameterSpec share(String name, String... aliases) {
    return new ParameterSpec(name, List.of(aliases), new Domain.Real(0, false, 1));
  }

  static ParameterSpec flag(String name) {
    return new ParameterSpec(name, List.of(), new Domain.Flag());
  }

  static ParameterSpec choice(String name, String... values) {
    return new ParameterSpec(name, List.of(), new Domain.Choice(List.of(values)));
  }

  boolean answersTo(String anyName) {
    return name.equals(anyName) || aliases.contains(anyName);
  }

  /** The name as catalogues show it: {@code eta (learning_rate)}. */
  String display() {
    return aliases.isEmpty() ? name : name + " (" + String.join(", ", aliases) + ")";
  }
}
