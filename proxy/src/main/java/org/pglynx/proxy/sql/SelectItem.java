package org.pglynx.proxy.sql;

/**
 * One item of a select list.
 *
 * @param range all its tokens
 * @param expression its tokens without an alias that AS introduces
 * @param alias the name behind AS, or empty
 * @param star whether it stands for any number of columns ({@code *}, {@code t.*})
 */
public record SelectItem(TokenRange range, TokenRange expression, String alias, boolean star) {
  static SelectItem of(SqlTokens tokens, TokenRange range) {
    int last = range.to() - 1;
    boolean as = range.size() > 2 && tokens.name(last) && tokens.word(last - 1, "as");
    TokenRange expression = as ? new TokenRange(range.from(), last - 1) : range;
    boolean star =
        tokens.operator(last, "*") && (range.size() == 1 || tokens.is(last - 1, TokenKind.DOT));
    return new SelectItem(range, expression, as ? tokens.identifier(last) : "", star);
  }
}
