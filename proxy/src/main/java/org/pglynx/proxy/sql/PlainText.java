package org.pglynx.proxy.sql;

import java.util.Locale;

/** Texts without what makes no difference: comments, blanks, the semicolon at the end. */
public final class PlainText {
  private PlainText() {}

  /** The text in small letters, literals included: two that look alike are equal. */
  public static String of(String sql) {
    return tokens(sql, false).toLowerCase(Locale.ROOT);
  }

  /** The text with a question mark in the place of each literal. */
  public static String withoutLiterals(String sql) {
    return tokens(sql, true);
  }

  private static String tokens(String sql, boolean lift) {
    StringBuilder plain = new StringBuilder(sql.length());
    SqlLexer lexer = new SqlLexer(sql);
    int semicolons = 0;
    while (lexer.next()) {
      if (lexer.kind() == TokenKind.SEMICOLON) {
        semicolons++;
        continue;
      }
      for (; semicolons > 0; semicolons--) {
        plain.append("; ");
      }
      if (lift && literal(lexer.kind())) {
        plain.append('?');
      } else if (lift && lexer.kind() == TokenKind.BROKEN) {
        // What it would have been is not known: it may be a secret.
        plain.append("...");
        break;
      } else {
        plain.append(sql, lexer.start(), lexer.end());
      }
      plain.append(' ');
    }
    return plain.toString().stripTrailing();
  }

  private static boolean literal(TokenKind kind) {
    return switch (kind) {
      case STRING, DOLLAR_STRING, BIT_STRING, NUMBER -> true;
      case WORD,
          QUOTED_IDENTIFIER,
          PARAMETER,
          OPERATOR,
          CAST,
          ARROW,
          COMMA,
          SEMICOLON,
          DOT,
          COLON,
          LEFT_PAREN,
          RIGHT_PAREN,
          LEFT_BRACKET,
          RIGHT_BRACKET,
          BROKEN,
          END ->
          false;
    };
  }
}
