package org.pglynx.proxy.sql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All tokens of a text, as arrays of kinds and character ranges, for code that looks ahead. Token
 * indexes behind the last token may be asked for and are {@link TokenKind#END}.
 */
public final class SqlTokens {
  private static final TokenKind[] KINDS = TokenKind.values();

  private final String text;
  private byte[] kinds = new byte[32];
  private int[] ranges = new int[64];
  private int[] partners = new int[32];
  private int size;
  private boolean broken;

  private SqlTokens(String text) {
    this.text = text;
  }

  /** The tokens of the text. */
  public static SqlTokens of(String text) {
    SqlTokens tokens = new SqlTokens(text);
    SqlLexer lexer = new SqlLexer(text);
    while (lexer.next()) {
      tokens.add(lexer);
    }
    tokens.match();
    return tokens;
  }

  private void add(SqlLexer lexer) {
    if (size == kinds.length) {
      kinds = Arrays.copyOf(kinds, size * 2);
      partners = Arrays.copyOf(partners, size * 2);
      ranges = Arrays.copyOf(ranges, size * 4);
    }
    broken |= lexer.kind() == TokenKind.BROKEN;
    kinds[size] = (byte) lexer.kind().ordinal();
    ranges[2 * size] = lexer.start();
    ranges[2 * size + 1] = lexer.end();
    partners[size] = -1;
    size++;
  }

  /** Pairs brackets; what does not pair leaves the text broken. */
  private void match() {
    int[] open = new int[16];
    int depth = 0;
    for (int i = 0; i < size; i++) {
      switch (kind(i)) {
        case LEFT_PAREN, LEFT_BRACKET -> {
          open = depth == open.length ? Arrays.copyOf(open, depth * 2) : open;
          open[depth++] = i;
        }
        case RIGHT_PAREN, RIGHT_BRACKET -> {
          if (depth == 0 || !pairs(open[--depth], i)) {
            broken = true;
            return;
          }
          partners[open[depth]] = i;
          partners[i] = open[depth];
        }
        case WORD, QUOTED_IDENTIFIER, STRING, BIT_STRING, DOLLAR_STRING, NUMBER, PARAMETER -> {}
        case OPERATOR, CAST, ARROW, COMMA, SEMICOLON, DOT, COLON, BROKEN, END -> {}
      }
    }
    broken |= depth > 0;
  }

  private boolean pairs(int left, int right) {
    return (kind(left) == TokenKind.LEFT_PAREN) == (kind(right) == TokenKind.RIGHT_PAREN);
  }

  /** The text. */
  public String text() {
    return text;
  }

  /** How many tokens there are. */
  public int size() {
    return size;
  }

  /** Whether the server must answer this with a syntax error: something is not closed. */
  public boolean broken() {
    return broken;
  }

  /** The token's kind. */
  public TokenKind kind(int token) {
    return token >= 0 && token < size ? KINDS[kinds[token]] : TokenKind.END;
  }

  /** Whether the token is of the kind. */
  public boolean is(int token, TokenKind kind) {
    return kind(token) == kind;
  }

  /** Index of the token's first character. */
  public int start(int token) {
    return token < size ? ranges[2 * token] : text.length();
  }

  /** Index behind the token's last character. */
  public int end(int token) {
    return token < size ? ranges[2 * token + 1] : text.length();
  }

  /** Whether the token is the key word, given in lower case, without quotes. */
  public boolean word(int token, String lower) {
    return is(token, TokenKind.WORD) && matches(token, lower);
  }

  /** Whether the token is the operator. */
  public boolean operator(int token, String operator) {
    return is(token, TokenKind.OPERATOR) && matches(token, operator);
  }

  private boolean matches(int token, String lower) {
    int from = ranges[2 * token];
    int length = ranges[2 * token + 1] - from;
    return length == lower.length() && text.regionMatches(true, from, lower, 0, length);
  }

  /** Whether the token can be a name: a word or a quoted identifier. */
  public boolean name(int token) {
    return is(token, TokenKind.WORD) || is(token, TokenKind.QUOTED_IDENTIFIER);
  }

  /** Whether the token is this name, quoted or not. */
  public boolean names(int token, String lower) {
    return switch (kind(token)) {
      case WORD -> matches(token, lower);
      case QUOTED_IDENTIFIER -> identifier(token).equals(lower);
      default -> false;
    };
  }

  /** The token's characters. */
  public String slice(int token) {
    return text.substring(start(token), end(token));
  }

  /** The characters from the first token through the last one before the border. */
  public String slice(int from, int to) {
    return from >= to ? "" : text.substring(start(from), end(to - 1));
  }

  /** The name that a word or a quoted identifier stands for. */
  public String identifier(int token) {
    return Literals.identifier(slice(token));
  }

  /** The bracket's other half; only for brackets of a text that is not {@link #broken}. */
  public int partner(int bracket) {
    return partners[bracket];
  }

  /** The token behind this one, or behind the bracket that this one opens and another closes. */
  public int skip(int token) {
    return switch (kind(token)) {
      case LEFT_PAREN, LEFT_BRACKET -> Math.max(token, partners[token]) + 1;
      default -> token + 1;
    };
  }

  /** Cuts [from, to) at the commas that stand in no bracket; nothing gives no parts. */
  public List<TokenRange> commaSeparated(int from, int to) {
    List<TokenRange> parts = new ArrayList<>();
    int begin = from;
    for (int i = from; i < to; i = skip(i)) {
      if (is(i, TokenKind.COMMA)) {
        parts.add(new TokenRange(begin, i));
        begin = i + 1;
      }
    }
    if (from < to) {
      parts.add(new TokenRange(begin, to));
    }
    return parts;
  }
}
