package org.pglynx.ml.algo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** Hyperparameters that were checked against an algorithm's list: known names, values in range. */
public class Parameters {
  private final Map<String, @Nullable Object> values;

  Parameters(Map<String, @Nullable Object> values) {
    this.values = values;
  }

  /**
   * Checks what a user gave.
   *
   * @throws MlException of kind BAD_HYPERPARAMETER naming the first that does not fit
   */
  public static Parameters resolve(
      String algorithm, List<ParameterSpec> specs, Map<String, @Nullable Object> given) {
    Map<String, @Nullable Object> values = new HashMap<>();
    for (Map.Entry<String, @Nullable Object> entry : given.entrySet()) {
      ParameterSpec spec = find(algorithm, specs, entry.getKey());
      Object value = spec.domain().convert(entry.getValue());
      if (value == Domain.INVALID) {
        throw new MlException(
            Kind.BAD_HYPERPARAMETER,
            "invalid value for hyperparameter \"%s\": %s"
                .formatted(entry.getKey(), shown(entry.getValue())),
            "Algorithm \"%s\" expects %s.".formatted(algorithm, spec.domain().describe()));
      }
      if (values.containsKey(spec.name())) {
        throw new MlException(
            Kind.BAD_HYPERPARAMETER,
            "hyperparameter \"%s\" is given twice".formatted(spec.name()),
            "It is also known as " + String.join(", ", spec.aliases()) + ".");
      }
      values.put(spec.name(), value);
    }
    return new Parameters(values);
  }

  public boolean has(String name) {
    return values.get(name) != null;
  }

  /** The value, which is null when it was given as null or not at all. */
  public @Nullable Object raw(String name) {
    return values.get(name);
  }

  /** Whether the user gave it, be it as null. */
  public boolean given(String name) {
    return values.containsKey(name);
  }

  public int whole(String name, int otherwise) {
    return values.get(name) instanceof Long value ? (int) (long) value : otherwise;
  }

  public long longWhole(String name, long otherwise) {
    return values.get(name) instanceof Long value ? value : otherwise;
  }

  public double real(String name, double otherwise) {
    return values.get(name) instanceof Double value ? value : otherwise;
  }

  public boolean flag(String name, boolean otherwise) {
    return values.get(name) instanceof Boolean value ? value : otherwise;
  }

  public String choice(String name, String otherwise) {
    return values.get(name) instanceof String value ? value : otherwise;
  }

  private static ParameterSpec find(String algorithm, List<ParameterSpec> specs, String name) {
    for (ParameterSpec spec : specs) {
      if (spec.answersTo(name)) {
        return spec;
      }
    }
    String known = specs.stream().map(ParameterSpec::display).collect(Collectors.joining(", "));
    throw new MlException(
        Kind.BAD_HYPERPARAMETER,
        "unknown hyperparameter \"%s\" for algorithm \"%s\"".formatted(name, algorithm),
        "Known hyperparameters: " + known + ".");
  }

  private static String shown(@Nullable Object value) {
    return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
  }
}
