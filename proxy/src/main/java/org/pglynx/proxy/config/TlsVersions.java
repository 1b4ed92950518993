package org.pglynx.proxy.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which versions of TLS are spoken.
 *
 * @param names as the TLS libraries call them, the newest first
 */
public record TlsVersions(List<String> names) {
  private static final String NEWEST = "TLSv1.3";
  private static final String OLDER = "TLSv1.2";

  /** Both that are safe. */
  public static final TlsVersions SECURE = new TlsVersions(List.of(NEWEST, OLDER));

  /** Copies the list. */
  public TlsVersions {
    names = List.copyOf(names);
  }

  /**
   * By PgBouncer's words: {@code secure}, or versions between commas. What is older than 1.2 is
   * never spoken, so that lists with it mean those that are left.
   *
   * @return empty if it names no version that is spoken, or something else
   */
  static Optional<TlsVersions> named(String text) {
    Set<String> wanted = new LinkedHashSet<>();
    for (String each : text.toLowerCase(Locale.ROOT).split(",", -1)) {
      switch (each.strip()) {
        case "secure", "all" -> wanted.addAll(SECURE.names);
        case "tlsv1.3" -> wanted.add(NEWEST);
        case "tlsv1.2" -> wanted.add(OLDER);
        case "tlsv1.0", "tlsv1.1" -> {
          // Never spoken.
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    return wanted.isEmpty()
        ? Optional.empty()
        : Optional.of(new TlsVersions(SECURE.names.stream().filter(wanted::contains).toList()));
  }
}
