package org.pglynx.ml.api;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.ParameterSpec;

/**
 * A hyperparameter, for who lets people choose one.
 *
 * @param name its main name
 * @param aliases other names for it
 * @param kind how it is best asked for
 * @param choices the texts that it takes, if it takes some
 * @param min the smallest number, if it takes one; negative infinity is no limit
 * @param max the largest number
 * @param nullable whether null is a value
 * @param domain all of that in words
 * @param otherwise what counts if it is not given, as JSON text; null if that depends on the rows
 */
public record HyperparameterInfo(
    String name,
    List<String> aliases,
    Kind kind,
    List<String> choices,
    double min,
    double max,
    boolean nullable,
    String domain,
    @Nullable String otherwise) {
  /** What a value is. */
  public enum Kind {
    /** A whole number. */
    WHOLE,
    /** A number. */
    REAL,
    /** True or false. */
    FLAG,
    /** One of some texts. */
    CHOICE,
    /** Anything that JSON can say: of several kinds, or a list, or an object. */
    JSON;

    /** In small letters. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies the lists. */
  public HyperparameterInfo {
    aliases = List.copyOf(aliases);
    choices = List.copyOf(choices);
  }

  static HyperparameterInfo of(ParameterSpec spec, @Nullable String otherwise) {
    Domain domain = spec.domain();
    boolean nullable = domain.convert(null) != Domain.INVALID;
    Domain value =
        domain instanceof Domain.Either either && either.second() instanceof Domain.Null
            ? either.first()
            : domain;
    Kind kind = kind(value);
    return new HyperparameterInfo(
        spec.name(),
        spec.aliases(),
        kind,
        value instanceof Domain.Choice choice ? choice.values() : List.of(),
        min(value),
        max(value),
        nullable,
        domain.describe(),
        otherwise);
  }

  private static Kind kind(Domain domain) {
    return switch (domain) {
      case Domain.Whole _ -> Kind.WHOLE;
      case Domain.Real _ -> Kind.REAL;
      case Domain.Flag _ -> Kind.FLAG;
      case Domain.Choice _ -> Kind.CHOICE;
      case Domain.Null _,
          Domain.FeatureName _,
          Domain.Either _,
          Domain.ListOf _,
          Domain.ByName _,
          Domain.ClassWeight _,
          Domain.NumberOrShare _,
          Domain.FeatureShare _,
          Domain.CountOrShare _ ->
          Kind.JSON;
    };
  }

  private static double min(Domain domain) {
    if (domain instanceof Domain.Whole whole) {
      return whole.min();
    }
    boolean limited = domain instanceof Domain.Real real && real.min() > -Double.MAX_VALUE;
    return limited ? ((Domain.Real) domain).min() : Double.NEGATIVE_INFINITY;
  }

  private static double max(Domain domain) {
    if (domain instanceof Domain.Whole whole) {
      return whole.max();
    }
    boolean limited = domain instanceof Domain.Real real && real.max() < Double.MAX_VALUE;
    return limited ? ((Domain.Real) domain).max() : Double.POSITIVE_INFINITY;
  }
}
