package org.pglynx.proxy.sql;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Backslash sequences of E'' strings (manual, table 4.1). */
final class EscapeString {
  private EscapeString() {}

  /** The value of the characters between the quotes. */
  static String decode(String inner) {
    if (inner.indexOf('\\') < 0) {
      return inner;
    }
    // Bytes, because \xc3\xa4 is one character in UTF-8.
    ByteArrayOutputStream value = new ByteArrayOutputStream(inner.length());
    for (int i = 0; i < inner.length(); ) {
      i =
          inner.charAt(i) == '\\' && i + 1 < inner.length()
              ? escape(inner, i + 1, value)
              : plain(inner, i, value);
    }
    return value.toString(StandardCharsets.UTF_8);
  }

  private static int plain(String inner, int i, ByteArrayOutputStream value) {
    int code = inner.codePointAt(i);
    append(value, code);
    return i + Character.charCount(code);
  }

  /** Decodes the sequence whose first character behind the backslash is at i. */
  private static int escape(String inner, int i, ByteArrayOutputStream value) {
    char c = inner.charAt(i);
    switch (c) {
      case 'b' -> value.write('\b');
      case 'f' -> value.write('\f');
      case 'n' -> value.write('\n');
      case 'r' -> value.write('\r');
      case 't' -> value.write('\t');
      case 'u' -> {
        return codePoint(inner, i, 4, value);
      }
      case 'U' -> {
        return codePoint(inner, i, 8, value);
      }
      case 'x' -> {
        return bytes(inner, i + 1, 2, 16, value);
      }
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        return bytes(inner, i, 3, 8, value);
      }
      default -> {
        return plain(inner, i, value);
      }
    }
    return i + 1;
  }

  private static int codePoint(String inner, int i, int digits, ByteArrayOutputStream value) {
    int code = number(inner, i + 1, i + 1 + digits, 16);
    if (code < 0) {
      return plain(inner, i, value);
    }
    append(value, code);
    return i + 1 + digits;
  }

  private static int bytes(
      String inner, int from, int most, int radix, ByteArrayOutputStream value) {
    int at = from;
    int code = 0;
    while (at < inner.length()
        && at < from + most
        && Character.digit(inner.charAt(at), radix) >= 0) {
      code = code * radix + Character.digit(inner.charAt(at), radix);
      at++;
    }
    value.write(at == from ? 'x' : code);
    return at;
  }

  /** The number of the digits in [from, to), or -1 if that is no valid code point. */
  static int number(String text, int from, int to, int radix) {
    if (to > text.length()) {
      return -1;
    }
    long code = 0;
    for (int i = from; i < to; i++) {
      int digit = Character.digit(text.charAt(i), radix);
      if (digit < 0) {
        return -1;
      }
      code = code * radix + digit;
    }
    return Character.isValidCodePoint((int) code) && code <= Character.MAX_CODE_POINT
        ? (int) code
        : -1;
  }

  private static void append(ByteArrayOutputStream value, int codePoint) {
    value.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
  }
}
