package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** search_args: known names, and values in range. */
final class SearchArgs {
  private static final int DEFAULT_FOLDS = 5;

  private final Map<String, @Nullable Object> args;

  /**
   * Checks the names.
   *
   * @throws MlException of kind BAD_ARGUMENT when there is another than these
   */
  SearchArgs(Map<String, @Nullable Object> args, String... known) {
    this.args = args;
    for (String name : args.keySet()) {
      if (!List.of(known).contains(name)) {
        throw new MlException(
            Kind.BAD_ARGUMENT,
            "Unknown search_args => " + name,
            "Known are " + String.join(", ", known) + ".");
      }
    }
  }

  int folds() {
    return whole("cv", DEFAULT_FOLDS, 2);
  }

  int whole(String name, int otherwise, int least) {
    if (!args.containsKey(name)) {
      return otherwise;
    }
    if (args.get(name) instanceof Integer value && value >= least) {
      return value;
    }
    throw bad(name, "must be an integer of at least " + least);
  }

  double seconds(String name, double otherwise, double most) {
    if (!args.containsKey(name)) {
      return otherwise;
    }
    if (args.get(name) instanceof Number value
        && value.doubleValue() > 0
        && value.doubleValue() <= most) {
      return value.doubleValue();
    }
    throw bad(name, "must be a number above 0 and at most %.0f".formatted(most));
  }

  /** The texts, none when they were not given. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    if (args.containsKey(name)) {
      if (!(args.get(name) instanceof List<?> list) || list.isEmpty()) {
        throw bad(name, "must be an array of names");
      }
      for (Object text : list) {
        texts.add(String.valueOf(text));
      }
    }
    return texts;
  }

  private MlException bad(String name, String expected) {
    return new MlException(
        Kind.BAD_ARGUMENT, "search_args: %s %s, not %s".formatted(name, expected, args.get(name)));
  }
}
