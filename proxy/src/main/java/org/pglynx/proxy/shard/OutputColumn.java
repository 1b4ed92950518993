package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pglynx.proxy.sql.SelectItem;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * An item of a select list, with the name that ORDER BY and GROUP BY may know it by.
 *
 * @param expression without its alias
 * @param alias given with AS or without; empty if there is none
 * @param star whether it stands for any number of columns
 * @param name how it is called; empty if only the server knows
 */
record OutputColumn(TokenRange expression, String alias, boolean star, String name) {
  /** Words that end an expression, and are no alias. */
  private static final Set<String> ENDS =
      Set.of(
          "null",
          "true",
          "false",
          "end",
          "unknown",
          "precision",
          "zone",
          "varying",
          "isnull",
          "notnull",
          "current_date",
          "current_timestamp",
          "localtime",
          "localtimestamp");

  /** Words behind which an expression goes on. */
  private static final Set<String> GOES_ON =
      Set.of(
          "is",
          "not",
          "and",
          "or",
          "like",
          "ilike",
          "in",
          "between",
          "from",
          "to",
          "collate",
          "when",
          "then",
          "else",
          "case",
          "zone",
          "interval",
          "date",
          "timestamp",
          "time",
          "at",
          "similar",
          "escape",
          "distinct",
          "double",
          "character",
          "with",
          "without",
          "as");

  static List<OutputColumn> of(SqlTokens tokens, List<SelectItem> items) {
    List<OutputColumn> columns = new ArrayList<>();
    for (SelectItem item : items) {
      TokenRange expression = item.expression();
      String alias = item.alias();
      if (alias.isEmpty() && !item.star() && aliased(tokens, expression)) {
        alias = tokens.identifier(expression.to() - 1);
        expression = new TokenRange(expression.from(), expression.to() - 1);
      }
      columns.add(
          new OutputColumn(
              expression,
              alias,
              item.star(),
              alias.isEmpty() ? ownName(tokens, expression) : alias));
    }
    return columns;
  }

  /** Whether its last word is an alias without AS. */
  private static boolean aliased(SqlTokens tokens, TokenRange range) {
    int last = range.to() - 1;
    if (range.size() < 2 || !tokens.name(last)) {
      return false;
    }
    if (tokens.is(last, TokenKind.WORD) && ENDS.contains(tokens.identifier(last))) {
      return false;
    }
    return switch (tokens.kind(last - 1)) {
      case RIGHT_PAREN, RIGHT_BRACKET, STRING, DOLLAR_STRING, NUMBER, PARAMETER -> true;
      case QUOTED_IDENTIFIER, BIT_STRING -> true;
      case WORD -> !GOES_ON.contains(tokens.identifier(last - 1));
      case OPERATOR, CAST, ARROW, COMMA, LEFT_PAREN, LEFT_BRACKET, SEMICOLON, DOT, COLON -> false;
      case BROKEN, END -> false;
    };
  }

  private static String ownName(SqlTokens tokens, TokenRange expression) {
    return plain(tokens, expression) ? tokens.identifier(expression.to() - 1) : "";
  }

  /** Whether the range is the name of a column, with or without that of its table. */
  static boolean plain(SqlTokens tokens, TokenRange range) {
    int last = range.to() - 1;
    return range.size() == 1 && tokens.name(last)
        || range.size() == 3
            && tokens.name(range.from())
            && tokens.is(last - 1, TokenKind.DOT)
            && tokens.name(last);
  }
}
