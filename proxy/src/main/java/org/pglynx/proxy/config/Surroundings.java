package org.pglynx.proxy.config;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside a configuration file: variables of the environment that it refers to, and keys
 * that are set to other values than it says.
 *
 * @param variables by name
 * @param values by the key's path; as in the file, but without quotes
 */
record Surroundings(Map<String, String> variables, Map<String, String> values) {
  /** The file alone. */
  static final Surroundings NONE = new Surroundings(Map.of(), Map.of());

  private static final String PREFIX = "PGLYNX_";

  private static final Pattern REFERENCE = Pattern.compile("\\$?\\$\\{([A-Za-z_][A-Za-z0-9_]*)\\}");

  Surroundings {
    variables = Map.copyOf(variables);
    values = Map.copyOf(values);
  }

  /** An environment; {@code PGLYNX_GENERAL_PORT} and the like set keys of general and ml. */
  static Surroundings of(Map<String, String> environment) {
    Map<String, String> keys = new HashMap<>();
    environment.forEach((name, value) -> {
      for (String table : new String[] {"general", "ml"}) {
        String prefix = PREFIX + table.toUpperCase(Locale.ROOT) + "_";
        if (name.startsWith(prefix) && name.length() > prefix.length()) {
          keys.put(table + "." + name.substring(prefix.length()).toLowerCase(Locale.ROOT), value);
        }
      }
    });
    return new Surroundings(environment, keys);
  }

  /** The same with more keys set. */
  Surroundings with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(values);
    all.putAll(more);
    return new Surroundings(variables, all);
  }

  @Nullable String value(String key) {
    return values.get(key);
  }

  /** A text with its references replaced; those to nothing are told, and stay. */
  String resolved(String text, Consumer<String> unknown) {
    if (!text.contains("${")) {
      return text;
    }
    return REFERENCE
        .matcher(text)
        .replaceAll(
            found -> Matcher.quoteReplacement(resolved(found.group(), found.group(1), unknown)));
  }

  /** With two dollar signs it is no reference, but that text with one. */
  private String resolved(String reference, String name, Consumer<String> unknown) {
    if (reference.startsWith("$$")) {
      return reference.substring(1);
    }
    String value = variables.get(name);
    if (value == null) {
      unknown.accept(name);
    }
    return value == null ? reference : value;
  }
}
