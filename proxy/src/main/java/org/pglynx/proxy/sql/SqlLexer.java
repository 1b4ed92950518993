package org.pglynx.proxy.sql;

/**
 * Walks over the tokens of an SQL text as PostgreSQL's own scanner cuts it (scan.l). A cursor:
 * {@link #next} moves on, {@link #kind}, {@link #start} and {@link #end} tell of the token that it
 * stands on; nothing is allocated per token. Any byte above 127 is part of an identifier, so the
 * bytes of a text may stand for its characters.
 */
public final class SqlLexer {
  private CharSequence text;
  private int limit;
  private boolean backslashes;
  private TokenKind kind = TokenKind.END;
  private int start;
  private int end;

  /** A lexer before the text's first token; standard_conforming_strings is on. */
  public SqlLexer(CharSequence text) {
    this.text = text;
    this.limit = text.length();
  }

  /**
   * Goes before the first token of another text.
   *
   * @param plainBackslashes whether a backslash in a plain string escapes what follows it:
   *     standard_conforming_strings is off
   */
  public void reset(CharSequence newText, boolean plainBackslashes) {
    text = newText;
    limit = newText.length();
    backslashes = plainBackslashes;
    kind = TokenKind.END;
    start = 0;
    end = 0;
  }

  /** What the current token is. */
  public TokenKind kind() {
    return kind;
  }

  /** Index of the current token's first character. */
  public int start() {
    return start;
  }

  /** Index behind the current token's last character. */
  public int end() {
    return end;
  }

  /** Moves to the next token; false at the end, where the kind is {@link TokenKind#END}. */
  public boolean next() {
    start = skipBlank(end);
    if (start < 0) {
      return token(TokenKind.BROKEN, -start - 1, limit);
    }
    if (start >= limit) {
      token(TokenKind.END, limit, limit);
      return false;
    }
    return scan(text.charAt(start));
  }

  private boolean scan(char c) {
    if (isIdentifierStart(c)) {
      return word(c);
    }
    if (isDigit(c) || (c == '.' && isDigit(at(start + 1)))) {
      return token(TokenKind.NUMBER, start, NumberScan.end(text, start));
    }
    return switch (c) {
      case '\'' -> string(TokenKind.STRING, start, backslashes);
      case '"' -> quotedIdentifier(start);
      case '$' -> dollar();
      case '(' -> single(TokenKind.LEFT_PAREN);
      case ')' -> single(TokenKind.RIGHT_PAREN);
      case '[' -> single(TokenKind.LEFT_BRACKET);
      case ']' -> single(TokenKind.RIGHT_BRACKET);
      case ',' -> single(TokenKind.COMMA);
      case ';' -> single(TokenKind.SEMICOLON);
      case '.' -> token(TokenKind.DOT, start, start + (at(start + 1) == '.' ? 2 : 1));
      case ':' -> colon();
      default -> isOperator(c) ? operator() : token(TokenKind.BROKEN, start, limit);
    };
  }

  private boolean token(TokenKind newKind, int from, int to) {
    kind = newKind;
    start = from;
    end = to;
    return true;
  }

  private boolean single(TokenKind newKind) {
    return token(newKind, start, start + 1);
  }

  private boolean colon() {
    return switch (at(start + 1)) {
      case ':' -> token(TokenKind.CAST, start, start + 2);
      case '=' -> token(TokenKind.ARROW, start, start + 2);
      default -> single(TokenKind.COLON);
    };
  }

  /** Identifiers, and the strings that a letter introduces. */
  private boolean word(char c) {
    char next = at(start + 1);
    if (next == '\'') {
      switch (c) {
        case 'e', 'E' -> {
          return string(TokenKind.STRING, start + 1, true);
        }
        case 'n', 'N' -> {
          return string(TokenKind.STRING, start + 1, backslashes);
        }
        case 'b', 'B', 'x', 'X' -> {
          return string(TokenKind.BIT_STRING, start + 1, false);
        }
        default -> {}
      }
    }
    if ((c == 'u' || c == 'U') && next == '&') {
      char quote = at(start + 2);
      if (quote == '\'') {
        return string(TokenKind.STRING, start + 2, false);
      }
      if (quote == '"') {
        return quotedIdentifier(start + 2);
      }
    }
    int to = start + 1;
    while (to < limit && isIdentifierPart(text.charAt(to))) {
      to++;
    }
    return token(TokenKind.WORD, start, to);
  }

  /** A quoted string and what continues it: another one behind a newline. */
  private boolean string(TokenKind newKind, int quote, boolean escapes) {
    int to = closeQuote(quote + 1, '\'', escapes);
    while (to >= 0) {
      int more = continuation(to);
      if (more < 0) {
        return token(newKind, start, to);
      }
      to = closeQuote(more + 1, '\'', escapes);
    }
    return token(TokenKind.BROKEN, start, limit);
  }

  /**
   * Where the quote of the next part stands, or -1. Between the parts there are blanks with a
   * newline, and comments that end with one; not the other comments (scan.l, quotecontinue).
   */
  private int continuation(int from) {
    boolean newline = false;
    int at = from;
    while (at < limit) {
      char c = text.charAt(at);
      if (isBlank(c)) {
        newline |= c == '\n' || c == '\r';
        at++;
      } else if (c == '-' && at(at + 1) == '-') {
        at = lineEnd(at);
      } else {
        return newline && c == '\'' ? at : -1;
      }
    }
    return -1;
  }

  private boolean quotedIdentifier(int quote) {
    int to = closeQuote(quote + 1, '"', false);
    return to < 0
        ? token(TokenKind.BROKEN, start, limit)
        : token(TokenKind.QUOTED_IDENTIFIER, start, to);
  }

  /** Index behind the closing quote, or -1; a doubled quote does not close. */
  private int closeQuote(int from, char quote, boolean escapes) {
    for (int i = from; i < limit; i++) {
      char c = text.charAt(i);
      if (c == '\\' && escapes) {
        i++;
      } else if (c == quote) {
        if (at(i + 1) != quote) {
          return i + 1;
        }
        i++;
      }
    }
    return -1;
  }

  /** {@code $1}, {@code $$x$$} or {@code $tag$x$tag$}. */
  private boolean dollar() {
    int at = start + 1;
    if (isDigit(at(at))) {
      while (isDigit(at(at))) {
        at++;
      }
      return token(TokenKind.PARAMETER, start, at);
    }
    if (isIdentifierStart(at(at))) {
      while (at < limit && isIdentifierPart(text.charAt(at)) && text.charAt(at) != '$') {
        at++;
      }
    }
    if (at(at) != '$') {
      return token(TokenKind.BROKEN, start, limit);
    }
    int length = at + 1 - start;
    for (int i = at + 1; i + length <= limit; i++) {
      if (repeats(i, length)) {
        return token(TokenKind.DOLLAR_STRING, start, i + length);
      }
    }
    return token(TokenKind.BROKEN, start, limit);
  }

  /** Whether the characters from the token's start stand here again. */
  private boolean repeats(int from, int length) {
    for (int i = 0; i < length; i++) {
      if (text.charAt(from + i) != text.charAt(start + i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * An operator ends before a comment; one of several characters ends in + or - only if it holds a
   * character that standard operators do not have (manual, section 4.1.3).
   */
  private boolean operator() {
    int to = start;
    boolean special = false;
    while (to < limit && isOperator(text.charAt(to)) && !isComment(to)) {
      special |= "~!@#%^&|`?".indexOf(text.charAt(to)) >= 0;
      to++;
    }
    while (!special && to - start > 1 && "+-".indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    boolean arrow = to - start == 2 && text.charAt(start) == '=' && text.charAt(start + 1) == '>';
    return token(arrow ? TokenKind.ARROW : TokenKind.OPERATOR, start, to);
  }

  /**
   * Index of the next character that is neither blank nor in a comment; an unterminated comment at
   * i gives -i - 1.
   */
  private int skipBlank(int from) {
    int i = from;
    while (i < limit) {
      if (isBlank(text.charAt(i))) {
        i++;
      } else if (!isComment(i)) {
        return i;
      } else if (text.charAt(i) == '-') {
        i = lineEnd(i);
      } else {
        int close = commentEnd(i);
        if (close < 0) {
          return -i - 1;
        }
        i = close;
      }
    }
    return i;
  }

  private boolean isComment(int i) {
    char c = text.charAt(i);
    return (c == '-' && at(i + 1) == '-') || (c == '/' && at(i + 1) == '*');
  }

  private int lineEnd(int from) {
    int i = from;
    while (i < limit && text.charAt(i) != '\n' && text.charAt(i) != '\r') {
      i++;
    }
    return i;
  }

  /** Index behind a comment that may hold others, or -1. */
  private int commentEnd(int from) {
    int depth = 0;
    for (int i = from; i < limit; i++) {
      char c = text.charAt(i);
      if (c == '/' && at(i + 1) == '*') {
        depth++;
        i++;
      } else if (c == '*' && at(i + 1) == '/') {
        i++;
        if (--depth == 0) {
          return i + 1;
        }
      }
    }
    return -1;
  }

  private char at(int i) {
    return i < limit ? text.charAt(i) : '\0';
  }

  private static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isIdentifierStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean isIdentifierPart(char c) {
    return isIdentifierStart(c) || isDigit(c) || c == '$';
  }

  private static boolean isOperator(char c) {
    return "+-*/<>=~!@#%^&|`?".indexOf(c) >= 0;
  }
}
