package org.pglynx.ml.boost;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.model.MlException;

/** Constraints on features, in the words of the native libraries. */
final class Constraints {
  private static final int MAX_FEATURES = 1_000_000;

  private static final Domain SIGN = new Domain.Whole(-1, 1, false);

  /** Per feature 1 (rises), −1 (falls) or 0; of some by name, as XGBoost's Python takes it. */
  static final Domain MONOTONE =
      new Domain.Either(new Domain.ListOf(SIGN, MAX_FEATURES), new Domain.ByName("features", SIGN));

  /** Groups of features, by name or number, that may meet on one path of a tree. */
  static final ParameterSpec INTERACTION =
      new ParameterSpec(
          "interaction_constraints",
          List.of(),
          new Domain.ListOf(
              new Domain.ListOf(new Domain.FeatureName(), MAX_FEATURES), MAX_FEATURES));

  private Constraints() {}

  /** The signs, joined by commas. */
  static String monotone(Parameters parameters, ModelInfo info) {
    List<?> signs =
        parameters.raw("monotone_constraints") instanceof Map<?, ?> named
            ? signs(named, info)
            : (List<?>) parameters.raw("monotone_constraints");
    if (signs == null || signs.size() != info.features().size()) {
      throw bad(
          "monotone_constraints has %d signs for %d features"
              .formatted(signs == null ? 0 : signs.size(), info.features().size()),
          "Give 1, 0 or -1 for each of " + String.join(", ", info.features()) + ".");
    }
    return signs.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static List<?> signs(Map<?, ?> named, ModelInfo info) {
    for (Object name : named.keySet()) {
      if (!info.features().contains(name)) {
        throw noFeature("monotone_constraints", name, info);
      }
    }
    return info.features().stream()
        .map(name -> Objects.requireNonNullElse((Object) named.get(name), 0L))
        .toList();
  }

  /** Groups of feature numbers: {@code [0,1],[2]}. */
  static String interaction(Parameters parameters, ModelInfo info) {
    List<?> groups = (List<?>) parameters.raw("interaction_constraints");
    return groups == null
        ? ""
        : groups.stream().map(g -> group((List<?>) g, info)).collect(Collectors.joining(","));
  }

  private static String group(List<?> members, ModelInfo info) {
    return members.stream()
        .map(member -> String.valueOf(number(member, info)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static int number(Object member, ModelInfo info) {
    int number =
        member instanceof Long value ? Math.toIntExact(value) : info.features().indexOf(member);
    if (number < 0 || number >= info.features().size()) {
      throw noFeature("interaction_constraints", member, info);
    }
    return number;
  }

  private static MlException noFeature(String parameter, Object name, ModelInfo info) {
    return bad(
        "%s names \"%s\", which is no feature".formatted(parameter, name),
        "The features are " + String.join(", ", info.features()) + ".");
  }

  private static MlException bad(String message, String hint) {
    return new MlException(MlException.Kind.BAD_HYPERPARAMETER, message, hint);
  }
}
