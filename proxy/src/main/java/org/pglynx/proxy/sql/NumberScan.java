package org.pglynx.proxy.sql;

/**
 * Finds the end of numeric literals: decimal, with exponent, 0x 0o 0b, underscores between digits.
 */
final class NumberScan {
  private NumberScan() {}

  /** Index behind the number that starts at the index with a digit or a dot before a digit. */
  static int end(CharSequence text, int start) {
    int radix = radix(text, start);
    if (radix != 10) {
      return digits(text, start + 2, radix);
    }
    int at = digits(text, start, 10);
    // "1..2" is a range of a PL/pgSQL loop: the number ends before both dots.
    if (at(text, at) == '.' && at(text, at + 1) != '.') {
      at = digits(text, at + 1, 10);
    }
    char e = at(text, at);
    if (e == 'e' || e == 'E') {
      char sign = at(text, at + 1);
      int first = sign == '+' || sign == '-' ? at + 2 : at + 1;
      if (SqlLexer.isDigit(at(text, first))) {
        return digits(text, first, 10);
      }
    }
    return at;
  }

  private static int radix(CharSequence text, int start) {
    if (text.charAt(start) != '0') {
      return 10;
    }
    int radix =
        switch (at(text, start + 1)) {
          case 'x', 'X' -> 16;
          case 'o', 'O' -> 8;
          case 'b', 'B' -> 2;
          default -> 10;
        };
    char first = at(text, start + 2);
    boolean any = Character.digit(first == '_' ? at(text, start + 3) : first, radix) >= 0;
    return any ? radix : 10;
  }

  private static int digits(CharSequence text, int from, int radix) {
    int at = from;
    while (Character.digit(at(text, at), radix) >= 0
        || (at(text, at) == '_' && Character.digit(at(text, at + 1), radix) >= 0)) {
      at++;
    }
    return at;
  }

  private static char at(CharSequence text, int i) {
    char c = i < text.length() ? text.charAt(i) : '\0';
    return c < 0x80 ? c : '\0';
  }
}
