package org.pglynx.proxy.shard;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Reads arrays of keys, in the forms in which drivers send them. Elements that are NULL are left
 * out, as nothing is equal to them; arrays of several dimensions and other rarities say nothing.
 */
final class KeyArray {
  private final KeyType type;
  private final String text;
  private final List<KeyValue> values = new ArrayList<>();
  private int at;

  private KeyArray(KeyType type, String text) {
    this.type = type;
    this.text = text;
  }

  /** The elements of {@code {a,"b c",NULL}}; null if they cannot be told. */
  static @Nullable List<KeyValue> ofText(KeyType type, String text) throws PgErrorException {
    KeyArray array = new KeyArray(type, text);
    return array.read() ? array.values : null;
  }

  private boolean read() throws PgErrorException {
    if (text.length() < 2 || text.indexOf('\\') >= 0 || text.charAt(0) != '{') {
      return false;
    }
    at = 1;
    if (text.charAt(1) == '}') {
      return text.length() == 2;
    }
    while (element()) {
      char next = at < text.length() ? text.charAt(at) : ' ';
      at++;
      if (next == '}') {
        return at == text.length();
      }
      if (next != ',') {
        return false;
      }
    }
    return false;
  }

  private boolean element() throws PgErrorException {
    boolean quoted = at < text.length() && text.charAt(at) == '"';
    int from = quoted ? at + 1 : at;
    int to = from;
    while (to < text.length() && !ends(text.charAt(to), quoted)) {
      if (!quoted && "{\"".indexOf(text.charAt(to)) >= 0) {
        return false;
      }
      to++;
    }
    if (to == text.length()) {
      return false;
    }
    String word = quoted ? text.substring(from, to) : trimmed(from, to);
    at = quoted ? to + 1 : to;
    if (quoted || !word.equalsIgnoreCase("null")) {
      if (!quoted && word.isEmpty()) {
        return false;
      }
      values.add(type.ofText(word));
    }
    return true;
  }

  /** Without what array_isspace() of the server knows as blanks: six of ASCII, and no others. */
  private String trimmed(int from, int to) {
    int first = from;
    int last = to;
    while (first < last && blank(text.charAt(first))) {
      first++;
    }
    while (first < last && blank(text.charAt(last - 1))) {
      last--;
    }
    return text.substring(first, last);
  }

  private static boolean blank(char each) {
    return each == ' ' || each >= '\t' && each <= '\r';
  }

  private static boolean ends(char each, boolean quoted) {
    return quoted ? each == '"' : each == ',' || each == '}';
  }

  /** The elements as array_send writes them; null if they cannot be told. */
  static @Nullable List<KeyValue> ofBinary(KeyType type, byte[] array) throws PgErrorException {
    ByteBuffer in = ByteBuffer.wrap(array);
    List<KeyValue> values = new ArrayList<>();
    try {
      int dimensions = in.getInt();
      in.getInt();
      int element = in.getInt();
      if (dimensions == 0) {
        return values;
      }
      if (dimensions != 1 || !type.takes(element)) {
        return null;
      }
      int count = in.getInt();
      in.getInt();
      for (int i = 0; i < count; i++) {
        int length = in.getInt();
        if (length >= 0) {
          if (length > in.remaining()) {
            return null;
          }
          byte[] value = new byte[length];
          in.get(value);
          values.add(type.ofBinary(value));
        }
      }
      return in.hasRemaining() ? null : values;
    } catch (BufferUnderflowException e) {
      return null;
    }
  }
}
