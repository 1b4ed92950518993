package org.pglynx.proxy.relay;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The session parameters that a client asked for: at login, or by SET of a parameter that the
 * server reports. Immutable; a server connection remembers the set that was applied to it last, so
 * that the usual checkout is one comparison of references.
 */
public final class ParameterSet {
  /** Nothing asked for: the server's own defaults. */
  public static final ParameterSet DEFAULTS =
      new ParameterSet(new TreeMap<>(String.CASE_INSENSITIVE_ORDER));

  /** Reported by servers, but nothing that set_config could set: they never follow a client. */
  private static final Set<String> FACTS = facts();

  private final TreeMap<String, String> values;
  private final int hash;

  private ParameterSet(TreeMap<String, String> values) {
    this.values = values;
    this.hash = caselessHash(values);
  }

  private static Set<String> facts() {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(
        List.of(
            "in_hot_standby",
            "integer_datetimes",
            "is_superuser",
            "server_encoding",
            "server_version",
            "session_authorization"));
    return Collections.unmodifiableSet(names);
  }

  /** Whether a value that a server reports for the name follows its client to other servers. */
  public static boolean carries(String name) {
    return !FACTS.contains(name);
  }

  /** Agrees with equals, which compares the names without case. */
  private static int caselessHash(TreeMap<String, String> values) {
    int hash = 0;
    for (Map.Entry<String, String> each : values.entrySet()) {
      hash += each.getKey().toLowerCase(Locale.ROOT).hashCode() ^ each.getValue().hashCode();
    }
    return hash;
  }

  /** The set of the given values; names are compared without case. */
  public static ParameterSet of(Map<String, String> values) {
    TreeMap<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    sorted.putAll(values);
    return new ParameterSet(sorted);
  }

  /** This set with one more or another value. */
  public ParameterSet with(String name, String value) {
    if (value.equals(values.get(name))) {
      return this;
    }
    TreeMap<String, String> more = new TreeMap<>(values);
    more.put(name, value);
    return new ParameterSet(more);
  }

  /** The values by name. */
  public Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }

  /**
   * The SQL that turns a connection with the other set applied into one with this set; empty if
   * they agree. Values go through set_config, which takes lists (search_path) as they are written
   * and needs no more than quoting.
   *
   * @param escapes whether characters other than ASCII are written as escapes, which mean the same
   *     whatever client_encoding the connection has at the moment
   */
  public String switchFrom(ParameterSet applied, boolean escapes) {
    StringBuilder sql = new StringBuilder();
    for (String name : applied.values.keySet()) {
      if (!values.containsKey(name)) {
        sql.append("RESET ").append(identifier(name)).append(';');
      }
    }
    boolean first = true;
    for (Map.Entry<String, String> wanted : values.entrySet()) {
      if (!wanted.getValue().equals(applied.values.get(wanted.getKey()))) {
        sql.append(first ? "SELECT " : ",").append("pg_catalog.set_config(");
        sql.append(literal(wanted.getKey(), escapes)).append(',');
        sql.append(literal(wanted.getValue(), escapes)).append(",false)");
        first = false;
      }
    }
    return sql.toString();
  }

  private static String identifier(String name) {
    // A custom parameter is "class.name": each part is quoted on its own.
    return '"' + name.replace("\"", "\"\"").replace(".", "\".\"") + '"';
  }

  /** E'' means the same whatever standard_conforming_strings and backslash_quote are. */
  private static String literal(String text, boolean escapes) {
    StringBuilder literal = new StringBuilder(text.length() + 8).append("E'");
    text.codePoints()
        .forEach(c -> {
          if (c == '\'' || c == '\\') {
            literal.append((char) c).append((char) c);
          } else if (c < 0x80 || !escapes) {
            literal.appendCodePoint(c);
          } else {
            literal.append("\\U%08x".formatted(c));
          }
        });
    return literal.append('\'').toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof ParameterSet set && hash == set.hash && values.equals(set.values));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
