package org.pglynx.proxy.config.pgbouncer;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What stands behind the name of a database, a user or a peer: {@code host=db1 port=5432
 * password='it''s'}.
 */
final class ConnectString {
  private final String text;
  private int at;

  private ConnectString(String text) {
    this.text = text;
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with what is wrong with it
   */
  static Map<String, String> parse(String text) {
    return new ConnectString(text).pairs();
  }

  private Map<String, String> pairs() {
    Map<String, String> pairs = new LinkedHashMap<>();
    skipBlanks();
    while (at < text.length()) {
      String key = key();
      String value = at < text.length() && text.charAt(at) == '\'' ? quoted() : word();
      if (pairs.putIfAbsent(key, value) != null) {
        throw new IllegalArgumentException(key + " is given twice");
      }
      skipBlanks();
    }
    return pairs;
  }

  private String key() {
    int equals = text.indexOf('=', at);
    String key = equals < 0 ? "" : text.substring(at, equals).strip();
    if (key.isEmpty() || key.chars().anyMatch(Character::isWhitespace)) {
      // What stands there may be a part of a password.
      throw new IllegalArgumentException("expected key=value at character " + (at + 1));
    }
    at = equals + 1;
    skipBlanks();
    return key.toLowerCase(Locale.ROOT);
  }

  private String word() {
    int start = at;
    while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char next = text.charAt(at);
      boolean twice = next == '\'' && at + 1 < text.length() && text.charAt(at + 1) == '\'';
      if (next == '\'' && !twice) {
        at++;
        return value.toString();
      }
      at += twice ? 1 : 0;
      value.append(next);
    }
    throw new IllegalArgumentException("a text in ' has no end");
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
