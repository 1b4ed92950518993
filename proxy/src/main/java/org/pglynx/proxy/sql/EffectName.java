package org.pglynx.proxy.sql;

import java.util.StringJoiner;

/** Names that single effects bear: identifiers, qualified ones, and strings. */
final class EffectName {
  private EffectName() {}

  /** The name that the characters stand for. */
  static String read(String written) {
    SqlLexer lexer = new SqlLexer(written);
    StringJoiner name = new StringJoiner(".");
    while (lexer.next()) {
      String token = written.substring(lexer.start(), lexer.end());
      switch (lexer.kind()) {
        case WORD, QUOTED_IDENTIFIER -> name.add(Literals.identifier(token));
        case STRING, DOLLAR_STRING -> name.add(Literals.string(token));
        default -> {
          // The dots between the parts.
        }
      }
    }
    return name.toString();
  }

  /** Whether the parameter of this name, quoted in any way or not, is one of the two of roles. */
  static boolean isRole(CharSequence text, int start, int end) {
    char first = text.charAt(start);
    boolean quoted = first == '"' || first == '\'';
    int from = quoted ? start + 1 : start;
    int to = quoted ? end - 1 : end;
    return sameLetters(text, from, to, "role")
        || sameLetters(text, from, to, "session_authorization");
  }

  /** Whether the identifier is the lower-case one: quotes keep its case. */
  static boolean same(CharSequence text, int start, int end, String lower) {
    if (text.charAt(start) != '"') {
      return sameLetters(text, start, end, lower);
    }
    if (end - start != lower.length() + 2) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (text.charAt(start + 1 + i) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameLetters(CharSequence text, int start, int end, String lower) {
    return end - start == lower.length() && startsWith(text, start, end, lower);
  }

  /** Whether the identifier starts with the lower-case letters. */
  static boolean startsWith(CharSequence text, int start, int end, String lower) {
    int from = text.charAt(start) == '"' ? start + 1 : start;
    if (end - from < lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (Character.toLowerCase(text.charAt(from + i)) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
