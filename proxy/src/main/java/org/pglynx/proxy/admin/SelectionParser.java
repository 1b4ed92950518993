package org.pglynx.proxy.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Reads {@code WHERE … ORDER BY … LIMIT … OFFSET …} behind a SHOW: comparisons of columns with
 * values, IN, LIKE, ILIKE, IS NULL, AND, OR, NOT and brackets.
 */
final class SelectionParser {
  private final SqlTokens tokens;
  private final int end;
  private final List<Column> columns;
  private int at;

  private SelectionParser(SqlTokens tokens, TokenRange range, List<Column> columns) {
    this.tokens = tokens;
    this.at = range.from();
    this.end = range.to();
    this.columns = columns;
  }

  /** What the words say of a table with these columns. */
  static Selection parse(SqlTokens tokens, TokenRange range, List<Column> columns)
      throws PgErrorException {
    return new SelectionParser(tokens, range, columns).selection();
  }

  private Selection selection() throws PgErrorException {
    Condition where = takes("where") ? or() : null;
    List<Selection.Order> order = takes("order") ? order() : List.of();
    long limit = Long.MAX_VALUE;
    long offset = 0;
    boolean more = true;
    while (more) {
      if (takes("limit")) {
        limit = takes("all") ? Long.MAX_VALUE : count("LIMIT");
      } else if (takes("offset")) {
        offset = count("OFFSET");
      } else {
        more = false;
      }
    }
    if (at < end) {
      throw syntax();
    }
    return new Selection(where, order, limit, offset);
  }

  private boolean takes(String word) {
    boolean found = at < end && tokens.word(at, word);
    at += found ? 1 : 0;
    return found;
  }

  private boolean takes(TokenKind kind) {
    boolean found = at < end && tokens.is(at, kind);
    at += found ? 1 : 0;
    return found;
  }

  // ---- WHERE -----------------------------------------------------------------------------------

  private Condition or() throws PgErrorException {
    Condition left = and();
    while (takes("or")) {
      left = new Condition.Or(left, and());
    }
    return left;
  }

  private Condition and() throws PgErrorException {
    Condition left = not();
    while (takes("and")) {
      left = new Condition.And(left, not());
    }
    return left;
  }

  private Condition not() throws PgErrorException {
    if (takes("not")) {
      return new Condition.Not(not());
    }
    if (takes(TokenKind.LEFT_PAREN)) {
      Condition inner = or();
      if (!takes(TokenKind.RIGHT_PAREN)) {
        throw syntax();
      }
      return inner;
    }
    return comparison();
  }

  private Condition comparison() throws PgErrorException {
    int column = column();
    if (takes("is")) {
      boolean not = takes("not");
      if (!takes("null")) {
        throw syntax();
      }
      return negated(new Condition.IsNull(column), not);
    }
    boolean not = takes("not");
    if (takes("in")) {
      return negated(new Condition.In(column, values(column)), not);
    }
    boolean anyCase = at < end && tokens.word(at, "ilike");
    if (takes("like") || takes("ilike")) {
      Pattern pattern = Condition.Like.pattern(text(), anyCase);
      return negated(new Condition.Like(column, pattern), not);
    }
    Condition.Operator operator =
        at < end && tokens.is(at, TokenKind.OPERATOR)
            ? Condition.Operator.of(tokens.slice(at))
            : null;
    if (operator == null || not) {
      throw syntax();
    }
    at++;
    return new Condition.Compare(column, operator, value(column));
  }

  private static Condition negated(Condition condition, boolean not) {
    return not ? new Condition.Not(condition) : condition;
  }

  private List<Object> values(int column) throws PgErrorException {
    List<Object> values = new ArrayList<>();
    if (!takes(TokenKind.LEFT_PAREN)) {
      throw syntax();
    }
    do {
      values.add(value(column));
    } while (takes(TokenKind.COMMA));
    if (!takes(TokenKind.RIGHT_PAREN)) {
      throw syntax();
    }
    return values;
  }

  private int column() throws PgErrorException {
    if (at >= end || !tokens.name(at)) {
      throw syntax();
    }
    String name = tokens.identifier(at);
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        at++;
        return i;
      }
    }
    throw PgError.error(SqlState.UNDEFINED_COLUMN, "column \"" + name + "\" does not exist")
        .withHint(
            columns.stream()
                .map(Column::name)
                .collect(Collectors.joining(", ", "The columns are ", ".")))
        .toException();
  }

  /** A value of the column's type. */
  private Object value(int column) throws PgErrorException {
    Column of = columns.get(column);
    if (of.typeOid() != Oid.INT8) {
      return text();
    }
    boolean negative = at < end && tokens.operator(at, "-");
    at += negative ? 1 : 0;
    String digits = at < end && tokens.is(at, TokenKind.STRING) ? string() : number();
    try {
      return negative ? -Long.parseLong(digits) : Long.parseLong(digits);
    } catch (NumberFormatException _) {
      throw PgError.error(
              SqlState.INVALID_TEXT, "invalid input syntax for type bigint: \"" + digits + '"')
          .toException();
    }
  }

  private String number() throws PgErrorException {
    if (at >= end || !tokens.is(at, TokenKind.NUMBER)) {
      throw syntax();
    }
    at++;
    return tokens.slice(at - 1).replace("_", "");
  }

  private String text() throws PgErrorException {
    if (at < end && tokens.is(at, TokenKind.NUMBER)) {
      throw PgError.error(SqlState.UNDEFINED_FUNCTION, "operator does not exist: text = integer")
          .withHint("Write the value in quotes: '" + tokens.slice(at) + "'.")
          .toException();
    }
    return string();
  }

  private String string() throws PgErrorException {
    if (at >= end || !tokens.is(at, TokenKind.STRING)) {
      throw syntax();
    }
    at++;
    return Literals.string(tokens.slice(at - 1));
  }

  // ---- ORDER BY, LIMIT -------------------------------------------------------------------------

  private List<Selection.Order> order() throws PgErrorException {
    List<Selection.Order> order = new ArrayList<>();
    if (!takes("by")) {
      throw syntax();
    }
    do {
      int column = tokens.is(at, TokenKind.NUMBER) ? position() : column();
      boolean descending = takes("desc");
      if (!descending) {
        takes("asc");
      }
      order.add(new Selection.Order(column, descending, nullsFirst(descending)));
    } while (takes(TokenKind.COMMA));
    return order;
  }

  /** As in Postgres NULL is larger than all else. */
  private boolean nullsFirst(boolean descending) throws PgErrorException {
    if (!takes("nulls")) {
      return descending;
    }
    boolean first = takes("first");
    if (!first && !takes("last")) {
      throw syntax();
    }
    return first;
  }

  private int position() throws PgErrorException {
    long position = count("ORDER BY");
    if (position < 1 || position > columns.size()) {
      throw PgError.error(
              SqlState.SYNTAX_ERROR, "ORDER BY position " + position + " is not in select list")
          .toException();
    }
    return (int) position - 1;
  }

  private long count(String clause) throws PgErrorException {
    String digits = number();
    if (!digits.matches("[0-9]{1,18}")) {
      throw PgError.error(
              SqlState.SYNTAX_ERROR,
              clause + " needs a whole number, not " + digits.toLowerCase(Locale.ROOT))
          .toException();
    }
    return Long.parseLong(digits);
  }

  private PgErrorException syntax() {
    String near = at < end ? "at or near \"" + tokens.slice(at) + '"' : "at end of input";
    return PgError.error(SqlState.SYNTAX_ERROR, "syntax error " + near)
        .withHint(
            "A SHOW takes WHERE (=, <>, <, >, IN, LIKE, IS NULL, AND, OR, NOT), ORDER BY, LIMIT and"
                + " OFFSET.")
        .toException();
  }
}
