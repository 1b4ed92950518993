package org.pglynx.ml.api;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** Reads a range of search_params: {@code {"min": 0.01, "max": 0.3, "log": true}}. */
final class RangeArguments {
  private static final Set<String> KEYS = Set.of("min", "max", "log");

  private final String name;
  private final Map<?, ?> json;

  private RangeArguments(String name, Map<?, ?> json) {
    this.name = name;
    this.json = json;
  }

  static SearchValues read(String name, Map<?, ?> json) {
    return new RangeArguments(name, json).read();
  }

  private SearchValues read() {
    for (Object key : json.keySet()) {
      if (!KEYS.contains(String.valueOf(key))) {
        throw bad("has an unknown key \"" + key + "\"");
      }
    }
    Number min = end("min");
    Number max = end("max");
    boolean log = log();
    if (min.doubleValue() > max.doubleValue()) {
      throw bad("has min %s above max %s".formatted(min, max));
    }
    if (log && min.doubleValue() <= 0) {
      throw bad("has log scale, but its min %s is not above 0".formatted(min));
    }
    if (whole(min) && whole(max)) {
      return new SearchValues.WholeRange(min.longValue(), max.longValue(), log);
    }
    return new SearchValues.RealRange(min.doubleValue(), max.doubleValue(), log);
  }

  private Number end(String key) {
    @Nullable Object value = json.get(key);
    if (value == null) {
      throw bad("has no " + key);
    }
    // Beyond, neighbouring whole numbers are the same double.
    boolean usable =
        value instanceof Number number
            && Double.isFinite(number.doubleValue())
            && Math.abs(number.doubleValue()) < 0x1p53;
    if (!usable) {
      throw bad("has %s \"%s\", which is no usable number".formatted(key, value));
    }
    return (Number) value;
  }

  private boolean log() {
    return switch (json.get("log")) {
      case null -> false;
      case Boolean log -> log;
      case Object other -> throw bad("has log \"%s\", which is not true or false".formatted(other));
    };
  }

  private static boolean whole(Number number) {
    return number instanceof Integer || number instanceof Long;
  }

  private MlException bad(String problem) {
    return new MlException(
        Kind.BAD_ARGUMENT,
        "search_params: the range of \"%s\" %s".formatted(name, problem),
        "Write it like '{\"%s\": {\"min\": 0.01, \"max\": 0.3, \"log\": true}}'; it is of whole"
                .formatted(name)
            + " numbers when both ends are.");
  }
}
