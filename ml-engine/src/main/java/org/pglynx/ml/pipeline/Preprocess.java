package org.pglynx.ml.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.pipeline.ColumnPlan.Encode;
import org.pglynx.ml.pipeline.ColumnPlan.Impute;
import org.pglynx.ml.pipeline.ColumnPlan.Scale;

/**
 * The argument {@code preprocess} of train: a plan for each column that it names.
 *
 * @param plans by column name
 */
public record Preprocess(Map<String, ColumnPlan> plans) {
  /** Nothing is said about any column. */
  public static final Preprocess NONE = new Preprocess(Map.of());

  private static final Set<String> KEYS = Set.of("encode", "impute", "scale");

  /** Copies the plans. */
  public Preprocess {
    plans = Map.copyOf(plans);
  }

  /**
   * Reads it.
   *
   * @param json by column name an object of encode, impute and scale
   * @throws MlException of kind BAD_ARGUMENT naming what is wrong
   */
  public static Preprocess of(Map<String, @Nullable Object> json) {
    Map<String, ColumnPlan> plans = new LinkedHashMap<>();
    json.forEach((column, steps) -> plans.put(column, plan(column, steps)));
    return new Preprocess(plans);
  }

  /** The same with the categories of further columns in a given order, where nothing is said. */
  public Preprocess withOrders(Map<String, List<String>> orders) {
    Map<String, ColumnPlan> all = new LinkedHashMap<>(plans);
    orders.forEach((column, order) -> {
      ColumnPlan plan = all.getOrDefault(column, ColumnPlan.NONE);
      if (plan.encode() == null) {
        all.put(column, new ColumnPlan(Encode.ORDINAL, order, plan.impute(), plan.scale()));
      }
    });
    return new Preprocess(all);
  }

  /** The plan of a column. */
  public ColumnPlan plan(String column) {
    return plans.getOrDefault(column, ColumnPlan.NONE);
  }

  private static ColumnPlan plan(String column, @Nullable Object steps) {
    if (!(steps instanceof Map<?, ?> object)) {
      throw bad(column, "is not an object", "Write it like '{\"%s\": {\"impute\": \"mean\"}}'.");
    }
    for (Object key : object.keySet()) {
      if (!KEYS.contains(String.valueOf(key))) {
        throw bad(
            column, "has an unknown step \"" + key + "\"", "Known are encode, impute, scale.");
      }
    }
    Object encode = object.get("encode");
    Encode how = null;
    List<String> order = List.of();
    if (encode instanceof Map<?, ?> ordinal && ordinal.keySet().equals(Set.of("ordinal"))) {
      how = Encode.ORDINAL;
      order = order(column, ordinal.get("ordinal"));
    } else if (encode != null) {
      how = constant(column, "encode", encode, Encode.values(), Encode::sqlName);
      if (how == Encode.ORDINAL) {
        order(column, null);
      }
    }
    return new ColumnPlan(
        how,
        order,
        object.containsKey("impute")
            ? constant(column, "impute", object.get("impute"), Impute.values(), Impute::sqlName)
            : null,
        object.containsKey("scale")
            ? constant(column, "scale", object.get("scale"), Scale.values(), Scale::sqlName)
            : Scale.PRESERVE);
  }

  private static List<String> order(String column, @Nullable Object values) {
    List<String> order = new ArrayList<>();
    if (values instanceof List<?> list) {
      for (Object value : list) {
        if (!(value instanceof String text) || order.contains(text)) {
          throw bad(column, "has an ordinal that is no list of different texts", ORDINAL);
        }
        order.add(text);
      }
    }
    if (order.isEmpty()) {
      throw bad(column, "has an ordinal without values", ORDINAL);
    }
    return order;
  }

  private static final String ORDINAL =
      "Write it like '{\"%s\": {\"encode\": {\"ordinal\": [\"low\", \"medium\", \"high\"]}}}'.";

  private static <E> E constant(
      String column, String step, @Nullable Object given, E[] known, Function<E, String> name) {
    return Arrays.stream(known)
        .filter(one -> name.apply(one).equals(given))
        .findFirst()
        .orElseThrow(() ->
            bad(
                column,
                "has %s \"%s\"".formatted(step, given),
                "Known are "
                    + Arrays.stream(known).map(name).collect(Collectors.joining(", "))
                    + "."));
  }

  private static MlException bad(String column, String problem, String hint) {
    return new MlException(
        MlException.Kind.BAD_ARGUMENT,
        "preprocess: column \"%s\" %s".formatted(column, problem),
        hint.replace("%s", column));
  }
}
