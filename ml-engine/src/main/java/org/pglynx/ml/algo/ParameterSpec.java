package org.pglynx.ml.algo;

import java.util.List;

/**
 * A hyperparameter.
 *
 * @param name its main name
 * @param aliases other names for it
 * @param domain the values it takes
 */
public record ParameterSpec(String name, List<String> aliases, Domain domain) {
  public static ParameterSpec whole(String name, long min, long max, String... aliases) {
    return new ParameterSpec(name, List.of(aliases), new Domain.Whole(min, max, false));
  }

  public static ParameterSpec wholeOrNull(String name, long min, long max, String... aliases) {
    return new ParameterSpec(name, List.of(aliases), new Domain.Whole(min, max, true));
  }

  /** A number of at least min. */
  public static ParameterSpec atLeast(String name, double min, String... aliases) {
    Domain domain = new Domain.Real(min, true, Double.POSITIVE_INFINITY);
    return new ParameterSpec(name, List.of(aliases), domain);
  }

  /** A number above zero. */
  public static ParameterSpec positive(String name, String... aliases) {
    Domain domain = new Domain.Real(0, false, Double.POSITIVE_INFINITY);
    return new ParameterSpec(name, List.of(aliases), domain);
  }

  /** A number above zero and at most one. */
  public static ParameterSpec share(String name, String... aliases) {
    return new ParameterSpec(name, List.of(aliases), new Domain.Real(0, false, 1));
  }

  public static ParameterSpec flag(String name) {
    return new ParameterSpec(name, List.of(), new Domain.Flag());
  }

  public static ParameterSpec choice(String name, String... values) {
    return new ParameterSpec(name, List.of(), new Domain.Choice(List.of(values)));
  }

  public boolean answersTo(String anyName) {
    return name.equals(anyName) || aliases.contains(anyName);
  }

  /** The name as catalogues show it: {@code eta (learning_rate)}. */
  public String display() {
    return aliases.isEmpty() ? name : name + " (" + String.join(", ", aliases) + ")";
  }
}
