package org.pglynx.proxy.admin;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** Session parameters of an admin database: fixed values that satisfy what drivers ask for. */
public final class SessionParameters {
  private final Map<String, String> reported = new LinkedHashMap<>();
  private final Map<String, Entry<String, String>> all = new LinkedHashMap<>();

  /**
   * The parameters.
   *
   * @param version the product's version, such as {@code 0.1.0}
   */
  public SessionParameters(String version) {
    // A number that drivers can parse, and so old that no psql in use warns of a newer server.
    report("server_version", "13.0 (pglynx " + version + ")");
    report("server_encoding", "UTF8");
    report("client_encoding", "UTF8");
    report("application_name", "");
    report("DateStyle", "ISO, MDY");
    report("IntervalStyle", "postgres");
    report("TimeZone", "UTC");
    report("integer_datetimes", "on");
    report("standard_conforming_strings", "on");
    report("is_superuser", "off");
    add("server_version_num", "130000");
    add("transaction_isolation", "read committed");
    add("default_transaction_isolation", "read committed");
    add("transaction_read_only", "on");
    add("default_transaction_read_only", "on");
    add("search_path", "");
    add("max_identifier_length", "63");
  }

  private void report(String name, String value) {
    reported.put(name, value);
    add(name, value);
  }

  private void add(String name, String value) {
    all.put(name.toLowerCase(Locale.ROOT), Map.entry(name, value));
  }

  /** What a client is told at its login, as ParameterStatus messages. */
  public Map<String, String> reported() {
    return Map.copyOf(reported);
  }

  /** The parameter's name as PostgreSQL spells it, and its value; null if there is none. */
  @Nullable Entry<String, String> find(String name) {
    return all.get(name.toLowerCase(Locale.ROOT));
  }
}
