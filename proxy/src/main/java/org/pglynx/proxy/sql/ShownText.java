package org.pglynx.proxy.sql;

/**
 * A text as operators may see it: every literal is a question mark, since it may be a password or a
 * person's address; comments are gone and blanks are one. Texts that differ in values only look the
 * same, lists of values of any length included, so that it names a kind of statement.
 *
 * <p>In doubt it is cut: behind what has no end, as what follows may be within a literal, and
 * behind a backslash in a plain string, as it depends on {@code standard_conforming_strings} where
 * that ends.
 */
public final class ShownText {
  private static final String LITERAL = "?";
  private static final String CUT = "…";
  private static final String MORE = ", …";

  private final StringBuilder out = new StringBuilder();
  private final CharSequence text;
  private final SqlLexer lexer;

  /** Where the list ends that the last literal belongs to; -1 if no literal was last. */
  private int list = -1;

  private boolean comma;

  private ShownText(CharSequence text) {
    this.text = text;
    this.lexer = new SqlLexer(text);
  }

  /**
   * The text of the bytes as it may be shown.
   *
   * @param whole whether it ends where they end
   */
  public static String of(byte[] bytes, int length, boolean whole) {
    ByteText text = new ByteText();
    text.set(bytes, length);
    return new ShownText(text).shown(whole);
  }

  /** A whole text as it may be shown. */
  public static String of(String text) {
    return new ShownText(text).shown(true);
  }

  private String shown(boolean whole) {
    int behind = 0;
    boolean more = lexer.next();
    while (more) {
      if (lexer.start() > behind && behind > 0) {
        blank();
      }
      behind = lexer.end();
      more = token() && lexer.next();
    }
    if (!whole && lexer.kind() == TokenKind.END) {
      out.append(CUT);
    }
    return out.toString();
  }

  /** Writes the token; false if nothing may follow. */
  private boolean token() {
    switch (lexer.kind()) {
      case BROKEN -> {
        out.append(CUT);
        return false;
      }
      case STRING -> {
        literal();
        if (ambiguous()) {
          out.append(CUT);
          return false;
        }
      }
      case BIT_STRING, DOLLAR_STRING, NUMBER -> literal();
      case COMMA -> {
        out.append(',');
        comma = list >= 0;
        list = comma ? list : -1;
      }
      default -> other();
    }
    return true;
  }

  private void blank() {
    if (!out.isEmpty()) {
      out.append(' ');
    }
  }

  private void literal() {
    if (comma) {
      out.setLength(list);
      if (!endsWith(MORE)) {
        out.append(MORE);
      }
    } else {
      out.append(LITERAL);
    }
    list = out.length();
    comma = false;
  }

  private boolean endsWith(String end) {
    return out.length() >= end.length()
        && out.indexOf(end, out.length() - end.length()) == out.length() - end.length();
  }

  private boolean ambiguous() {
    char first = text.charAt(lexer.start());
    if (first == 'e' || first == 'E') {
      return false;
    }
    for (int i = lexer.start(); i < lexer.end(); i++) {
      if (text.charAt(i) == '\\') {
        return true;
      }
    }
    return false;
  }

  private void other() {
    list = -1;
    comma = false;
    String token = text.subSequence(lexer.start(), lexer.end()).toString();
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      // A quoted name may hold anything, but a line is a line.
      out.append(Character.isISOControl(c) ? ' ' : c);
    }
  }
}
