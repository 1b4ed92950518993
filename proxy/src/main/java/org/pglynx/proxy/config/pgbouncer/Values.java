package org.pglynx.proxy.config.pgbouncer;

import java.util.Locale;

/** PgBouncer's values as TOML has them; what is none of its values stays a text, for the reader. */
final class Values {
  private Values() {}

  /** A whole number. */
  static String whole(String value) {
    return value.matches("[+-]?\\d{1,18}") ? value : TomlText.quoted(value);
  }

  /** Seconds, with a fraction perhaps, in milliseconds. */
  static String seconds(String value) {
    return value.matches("\\d{1,9}(\\.\\d{1,9})?")
        ? String.valueOf(Math.round(Double.parseDouble(value) * 1_000))
        : TomlText.quoted(value);
  }

  /** PgBouncer's true and false. */
  static String flag(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "1", "yes", "on", "true" -> "true";
      case "0", "no", "off", "false" -> "false";
      default -> TomlText.quoted(value);
    };
  }

  /** Names between commas. */
  static String list(String value) {
    StringBuilder list = new StringBuilder("[");
    for (String each : value.split(",")) {
      if (!each.isBlank()) {
        list.append(list.length() > 1 ? ", " : "").append(TomlText.quoted(each.strip()));
      }
    }
    return list.append(']').toString();
  }
}
