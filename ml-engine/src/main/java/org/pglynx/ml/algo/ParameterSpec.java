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

  /** A number above zero, or null. */
  public static ParameterSpec positiveOrNull(String name) {
    Domain domain = new Domain.Real(0, false, Double.POSITIVE_INFINITY);
    return new ParameterSpec(name, List.of(), new Domain.Either(domain, new Domain.Null()));
  }

  /** Any finite number, or null. */
  public static ParameterSpec realOrNull(String name) {
    Domain domain = new Domain.Real(Double.NEGATIVE_INFINITY, false, Double.POSITIVE_INFINITY);
    return new ParameterSpec(name, List.of(), new Domain.Either(domain, new Domain.Null()));
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

  /** A number above zero, or one of some texts. */
  public static ParameterSpec positiveOr(String name, String... values) {
    Domain number = new Domain.Real(0, false, Double.POSITIVE_INFINITY);
    Domain text = new Domain.Choice(List.of(values));
    return new ParameterSpec(name, List.of(), new Domain.Either(text, number));
  }

  /** A number from min to max. */
  public static ParameterSpec between(String name, double min, double max) {
    return new ParameterSpec(name, List.of(), new Domain.Real(min, true, max));
  }

  /** Any finite number. */
  public static ParameterSpec number(String name) {
    return between(name, -Double.MAX_VALUE, Double.MAX_VALUE);
  }

  /** scikit-learn's class_weight, served by {@link ClassWeights}. */
  public static ParameterSpec classWeight() {
    return new ParameterSpec("class_weight", List.of(), new Domain.ClassWeight());
  }

  /** The same, and null stands for the default. */
  public ParameterSpec orNull() {
    return new ParameterSpec(name, aliases, new Domain.Either(domain, new Domain.Null()));
  }

  public boolean answersTo(String anyName) {
    return name.equals(anyName) || aliases.contains(anyName);
  }

  /** The name as catalogues show it: {@code eta (learning_rate)}. */
  public String display() {
    return aliases.isEmpty() ? name : name + " (" + String.join(", ", aliases) + ")";
  }
}
