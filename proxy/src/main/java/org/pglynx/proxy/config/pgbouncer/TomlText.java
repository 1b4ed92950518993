package org.pglynx.proxy.config.pgbouncer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A text in TOML while it is written; of each line is known where it comes from. */
final class TomlText {
  private final List<String> lines = new ArrayList<>();
  private final List<@Nullable IniEntry> origins = new ArrayList<>();

  /** A line that comes from an entry, or, with null, from none. */
  void line(String text, @Nullable IniEntry origin) {
    lines.add(text);
    origins.add(origin);
  }

  /** The entry that a line comes from, lines being counted from 1; null if none. */
  @Nullable IniEntry origin(int line) {
    return line >= 1 && line <= origins.size() ? origins.get(line - 1) : null;
  }

  /** A text as TOML has it; what looks like a reference to a variable is none. */
  static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char each : value.toCharArray()) {
      switch (each) {
        case '"', '\\' -> quoted.append('\\').append(each);
        case '\t' -> quoted.append("\\t");
        default -> quoted.append(each < ' ' ? String.format("\\u%04x", (int) each) : each);
      }
    }
    return quoted.append('"').toString().replace("${", "$${");
  }

  @Override
  public String toString() {
    return String.join("\n", lines) + "\n";
  }
}
