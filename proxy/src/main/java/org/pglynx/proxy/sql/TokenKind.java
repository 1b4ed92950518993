package org.pglynx.proxy.sql;

/** Kinds of lexical tokens (PostgreSQL manual, section 4.1). White space and comments are none. */
public enum TokenKind {
  /** A key word or an identifier without quotes. */
  WORD,
  /** {@code "x"} or {@code U&"x"}. */
  QUOTED_IDENTIFIER,
  /** {@code 'x'}, {@code E'x'}, {@code U&'x'}, {@code N'x'}, with its continuations. */
  STRING,
  /** {@code B'01'} or {@code X'1f'}. */
  BIT_STRING,
  /** {@code $tag$x$tag$}. */
  DOLLAR_STRING,
  /** {@code 1}, {@code 1.5e3}, {@code 1_000}, {@code 0x1f}. */
  NUMBER,
  /** {@code $1}. */
  PARAMETER,
  /** One operator, such as {@code <=} or {@code *}. */
  OPERATOR,
  /** {@code ::}. */
  CAST,
  /** {@code :=} or {@code =>}, which name an argument. */
  ARROW,
  /** {@code (}. */
  LEFT_PAREN,
  /** {@code )}. */
  RIGHT_PAREN,
  /** {@code [}. */
  LEFT_BRACKET,
  /** {@code ]}. */
  RIGHT_BRACKET,
  /** {@code ,}. */
  COMMA,
  /** {@code ;}. */
  SEMICOLON,
  /** {@code .} or {@code ..}. */
  DOT,
  /** {@code :}. */
  COLON,
  /** The text ends inside a string, a quoted identifier or a comment, or a byte fits nowhere. */
  BROKEN,
  /** Behind the last token. */
  END
}
