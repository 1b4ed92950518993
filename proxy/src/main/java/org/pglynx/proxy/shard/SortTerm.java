package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * One term of ORDER BY.
 *
 * @param column the column of the result that it names, from 0, or {@link #NONE}
 * @param expression what it is otherwise
 * @param direction the words behind it
 */
record SortTerm(int column, TokenRange expression, String direction) {
  /** It names no column of the result. */
  static final int NONE = -1;

  /** The terms of an ORDER BY, of which the range begins with BY. */
  static List<SortTerm> of(SqlTokens tokens, TokenRange order, List<OutputColumn> columns)
      throws NotProvableException {
    List<SortTerm> terms = new ArrayList<>();
    for (TokenRange each : tokens.commaSeparated(order.from() + 1, order.to())) {
      terms.add(term(tokens, each, columns));
    }
    return terms;
  }

  private static SortTerm term(SqlTokens tokens, TokenRange range, List<OutputColumn> columns)
      throws NotProvableException {
    int end = range.to();
    if (range.size() > 2 && tokens.word(end - 2, "nulls")) {
      end -= 2;
    }
    if (end - range.from() > 1 && (tokens.word(end - 1, "desc") || tokens.word(end - 1, "asc"))) {
      end--;
    }
    TokenRange expression = new TokenRange(range.from(), end);
    for (int i = expression.from(); i < expression.to(); i++) {
      if (tokens.word(i, "using")) {
        throw new NotProvableException("ORDER BY … USING is not served over several shards");
      }
    }
    return new SortTerm(
        column(tokens, expression, columns), expression, tokens.slice(end, range.to()));
  }

  private static int column(SqlTokens tokens, TokenRange expression, List<OutputColumn> columns)
      throws NotProvableException {
    int from = expression.from();
    if (expression.size() != 1) {
      return NONE;
    }
    if (tokens.is(from, TokenKind.NUMBER)) {
      return ordinal(tokens.slice(from), columns);
    }
    return tokens.name(from) ? named(tokens, tokens.identifier(from), columns) : NONE;
  }

  private static int ordinal(String digits, List<OutputColumn> columns)
      throws NotProvableException {
    boolean stars = columns.stream().anyMatch(OutputColumn::star);
    if (stars || !digits.matches("[1-9]\\d{0,3}") || Integer.parseInt(digits) > columns.size()) {
      throw new NotProvableException("it is not known which column ORDER BY " + digits + " is");
    }
    return Integer.parseInt(digits) - 1;
  }

  /** A name is that of a column of the result before it is that of a table's. */
  private static int named(SqlTokens tokens, String name, List<OutputColumn> columns)
      throws NotProvableException {
    int found = NONE;
    for (int i = 0; i < columns.size(); i++) {
      OutputColumn column = columns.get(i);
      boolean doubtful = column.name().isEmpty() && !column.star() && names(tokens, column, name);
      if (doubtful || column.name().equals(name) && found != NONE) {
        throw new NotProvableException("it is not known which column ORDER BY " + name + " is");
      }
      if (column.name().equals(name)) {
        found = i;
      }
    }
    return found;
  }

  /** Whether the server may call the column so, after some word in it. */
  private static boolean names(SqlTokens tokens, OutputColumn column, String name) {
    for (int i = column.expression().from(); i < column.expression().to(); i++) {
      if (tokens.name(i) && tokens.identifier(i).equals(name)) {
        return true;
      }
    }
    return false;
  }
}
