package org.pglynx.ml.algo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The values a hyperparameter can take. */
public sealed interface Domain {
  /** What is expected, for error messages: "an integer from 1 to 100". */
  String describe();

  /** The value in its own type (Long, Double, Boolean, String, or null), or {@link #INVALID}. */
  @Nullable Object convert(@Nullable Object raw);

  /** What {@link #convert} gives for a value outside of the domain. */
  Object INVALID = new Object();

  /** Whole numbers from min to max; null stands for "no limit" where that is allowed. */
  record Whole(long min, long max, boolean nullable) implements Domain {
    @Override
    public String describe() {
      return "an integer from %d to %d%s".formatted(min, max, nullable ? ", or null" : "");
    }

    @Override
    public @Nullable Object convert(@Nullable Object raw) {
      if (raw == null && nullable) {
        return null;
      }
      if (!(raw instanceof Number number) || number.doubleValue() % 1 != 0) {
        return INVALID;
      }
      double value = number.doubleValue();
      return value >= min && value <= max ? (Object) (long) value : INVALID;
    }
  }

  /** Numbers from min to max, the ends included or not. */
  record Real(double min, boolean minIncluded, double max) implements Domain {
    @Override
    public String describe() {
      List<String> limits = new ArrayList<>();
      if (min > -Double.MAX_VALUE) {
        limits.add((minIncluded ? "at least " : "greater than ") + min);
      }
      if (max < Double.MAX_VALUE) {
        limits.add("at most " + max);
      }
      return limits.isEmpty() ? "a finite number" : "a number " + String.join(" and ", limits);
    }

    @Override
    public Object convert(@Nullable Object raw) {
      if (!(raw instanceof Number number)) {
        return INVALID;
      }
      double value = number.doubleValue();
      boolean low = minIncluded ? value >= min : value > min;
      return low && value <= max && Double.isFinite(value) ? (Object) value : INVALID;
    }
  }

  /** true or false. */
  record Flag() implements Domain {
    @Override
    public String describe() {
      return "true or false";
    }

    @Override
    public Object convert(@Nullable Object raw) {
      return raw instanceof Boolean ? raw : INVALID;
    }
  }

  /** One of some texts. */
  record Choice(List<String> values) implements Domain {
    @Override
    public String describe() {
      return "one of " + String.join(", ", values);
    }

    @Override
    public Object convert(@Nullable Object raw) {
      return raw instanceof String text && values.contains(text) ? text : INVALID;
    }
  }

  /** null, in hyperparameters that can be left open. */
  record Null() implements Domain {
    @Override
    public String describe() {
      return "null";
    }

    @Override
    public @Nullable Object convert(@Nullable Object raw) {
      return raw == null ? null : INVALID;
    }
  }

  /** The name of a feature, or its number from 0. */
  record FeatureName() implements Domain {
    @Override
    public String describe() {
      return "a feature's name, or its number from 0";
    }

    @Override
    public @Nullable Object convert(@Nullable Object raw) {
      return raw instanceof String ? raw : new Whole(0, 1_000_000, false).convert(raw);
    }
  }

  /** What fits one of two domains; the first is asked first. */
  record Either(Domain first, Domain second) implements Domain {
    @Override
    public String describe() {
      return first.describe() + ", or " + second.describe();
    }

    @Override
    public @Nullable Object convert(@Nullable Object raw) {
      @Nullable Object converted = first.convert(raw);
      return converted == INVALID ? second.convert(raw) : converted;
    }
  }

  /** A list of values of one domain, as {@code List}. */
  record ListOf(Domain element, int maxLength) implements Domain {
    @Override
    public String describe() {
      return "a list of 1 to %d elements, each %s".formatted(maxLength, element.describe());
    }

    @Override
    public Object convert(@Nullable Object raw) {
      if (!(raw instanceof List<?> list) || list.isEmpty() || list.size() > maxLength) {
        return INVALID;
      }
      List<Object> values = new ArrayList<>();
      for (Object each : list) {
        @Nullable Object value = element.convert(each);
        if (value == null || value == INVALID) {
          return INVALID;
        }
        values.add(value);
      }
      return List.copyOf(values);
    }
  }

  /** A value of one domain for each of some names, as {@code Map}. */
  record ByName(String names, Domain element) implements Domain {
    @Override
    public String describe() {
      return "an object of " + names + ", each with " + element.describe();
    }

    @Override
    public Object convert(@Nullable Object raw) {
      if (!(raw instanceof Map<?, ?> map)) {
        return INVALID;
      }
      Map<String, Object> values = new TreeMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        @Nullable Object value = element.convert(entry.getValue());
        if (value == null || value == INVALID) {
          return INVALID;
        }
        values.put(String.valueOf(entry.getKey()), value);
      }
      return values;
    }
  }

  /** scikit-learn's class_weight: "balanced", a weight for each label, or null; as {@code Map}. */
  record ClassWeight() implements Domain {
    private static final Domain WEIGHTS =
        new ByName("labels", new Real(0, true, Double.POSITIVE_INFINITY));

    @Override
    public String describe() {
      return "\"balanced\", an object of labels and weights of at least 0, or null";
    }

    @Override
    public @Nullable Object convert(@Nullable Object raw) {
      return raw == null || "balanced".equals(raw) ? raw : WEIGHTS.convert(raw);
    }
  }

  /** A number of rows or features as a whole number, or a share of them as any other. */
  record NumberOrShare() implements Domain {
    @Override
    public String describe() {
      return "a number of them (integer), or a share of them (0 to 1)";
    }

    @Override
    public Object convert(@Nullable Object raw) {
      if (raw instanceof Integer || raw instanceof Long) {
        long count = ((Number) raw).longValue();
        return count >= 1 && count <= Integer.MAX_VALUE ? (Object) count : INVALID;
      }
      return new Real(0, false, 1).convert(raw);
    }
  }

  /** scikit-learn's max_features: a text, a whole number of features, a share of them, or null. */
  record FeatureShare() implements Domain {
    @Override
    public String describe() {
      return "\"sqrt\", \"log2\", a number of features (integer), a share of them (0 to 1), or"
          + " null";
    }

    @Override
    public @Nullable Object convert(@Nullable Object raw) {
      if (raw == null || "sqrt".equals(raw) || "log2".equals(raw)) {
        return raw;
      }
      return new NumberOrShare().convert(raw);
    }
  }

  /** scikit-learn's n_components of PCA: a whole number, a share below 1, or null. */
  record CountOrShare() implements Domain {
    @Override
    public String describe() {
      return "a number of components (integer), a share of the variance (between 0 and 1), or null";
    }

    @Override
    public @Nullable Object convert(@Nullable Object raw) {
      if (raw == null) {
        return null;
      }
      if (!(raw instanceof Number number)) {
        return INVALID;
      }
      double value = number.doubleValue();
      if (value > 0 && value < 1) {
        return value;
      }
      return new Whole(1, Integer.MAX_VALUE, false).convert(raw);
    }
  }
}
