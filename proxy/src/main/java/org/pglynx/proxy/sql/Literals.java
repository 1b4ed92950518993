package org.pglynx.proxy.sql;

/** Reads literals, reads and writes names, as they stand in SQL text. */
public final class Literals {
  private Literals() {}

  /** The name that an identifier token stands for: folded to lower case unless quoted. */
  public static String identifier(String token) {
    if (token.charAt(0) == '"') {
      return undouble(token, 1, '"');
    }
    if (token.endsWith("\"")) {
      return unicode(undouble(token, 3, '"'));
    }
    return lower(token);
  }

  /** As the server folds names in an encoding of several bytes: only the letters of ASCII. */
  private static String lower(String token) {
    StringBuilder folded = new StringBuilder(token);
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return folded.toString();
  }

  /** A name as it can stand in SQL text whatever it holds. */
  public static String quoteIdentifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** The value of a {@link TokenKind#STRING} or {@link TokenKind#DOLLAR_STRING} token. */
  public static String string(String token) {
    return switch (token.charAt(0)) {
      case '$' -> {
        int tag = token.indexOf('$', 1) + 1;
        yield token.substring(tag, token.length() - tag);
      }
      case 'e', 'E' -> EscapeString.decode(joined(token, 1, true));
      case 'n', 'N' -> joined(token, 1, false);
      case 'u', 'U' -> unicode(joined(token, 2, false));
      default -> joined(token, 0, false);
    };
  }

  /** The characters between the quotes, of all continuations, with doubled quotes made single. */
  private static String joined(String token, int quote, boolean backslashes) {
    StringBuilder value = new StringBuilder(token.length());
    boolean inside = false;
    for (int i = quote; i < token.length(); i++) {
      char c = token.charAt(i);
      if (!inside) {
        // Anything but a quote is a blank here, or begins a comment.
        i = c == '-' ? lineEnd(token, i) : i;
        inside = c == '\'';
      } else if (c == '\\' && backslashes && i + 1 < token.length()) {
        value.append(c).append(token.charAt(++i));
      } else if (c != '\'') {
        value.append(c);
      } else if (i + 1 < token.length() && token.charAt(i + 1) == '\'') {
        value.append(c);
        i++;
      } else {
        inside = false;
      }
    }
    return value.toString();
  }

  private static int lineEnd(String token, int from) {
    int i = from;
    while (i < token.length() && token.charAt(i) != '\n' && token.charAt(i) != '\r') {
      i++;
    }
    return i;
  }

  private static String undouble(String token, int from, char quote) {
    String inner = token.substring(from, token.length() - 1);
    String one = String.valueOf(quote);
    return inner.replace(one + one, one);
  }

  /** {@code \0061} and {@code \+000061}, as in U&'' with its default escape. */
  private static String unicode(String value) {
    StringBuilder decoded = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '\\' || i + 1 >= value.length()) {
        decoded.append(c);
      } else if (value.charAt(i + 1) == '\\') {
        decoded.append(c);
        i++;
      } else {
        boolean six = value.charAt(i + 1) == '+';
        int from = six ? i + 2 : i + 1;
        int to = from + (six ? 6 : 4);
        int code = EscapeString.number(value, from, to, 16);
        if (code < 0) {
          decoded.append(c);
        } else {
          decoded.appendCodePoint(code);
          i = to - 1;
        }
      }
    }
    return decoded.toString();
  }
}
