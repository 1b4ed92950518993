package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * The end of a statement that orders its rows by one thing and wants the first of them: {@code
 * ORDER BY key [ASC | DESC] [NULLS FIRST | LAST] LIMIT n [OFFSET m]}, or FETCH.
 *
 * @param key the tokens of what rows are ordered by
 * @param order in which direction
 * @param limit how many rows are wanted
 * @param offset how many are left out before them
 * @param range all its tokens
 */
record TopClause(TokenRange key, TopOrder order, Count limit, Count offset, TokenRange range) {
  /** How many rows are sorted at most: sorting more is the database's work. */
  static final int MAX_ROWS = 100_000;

  private static final int MAX_DIGITS = 9;

  /**
   * A number of rows.
   *
   * @param parameter the index of {@code $n} that gives it, or -1
   * @param literal the number if there is no parameter
   */
  record Count(int parameter, int literal) {
    static final Count NONE = new Count(-1, 0);

    /** The number of an execution; the absent one where the parameter is NULL. */
    int of(Arguments arguments, int[] types, int absent) throws PgErrorException {
      if (parameter < 0) {
        return literal;
      }
      String value = ParameterValues.text(arguments, parameter, types[parameter]);
      if (value == null) {
        return absent;
      }
      try {
        // A number below zero is an error of the server's, see replacement().
        return (int) Math.clamp(Long.parseLong(value.trim()), 0, Integer.MAX_VALUE);
      } catch (NumberFormatException e) {
        throw CallValues.invalid("bigint", value).toException();
      }
    }
  }

  /** Reads ORDER BY and all behind it; null if it is of another form. */
  static @Nullable TopClause of(SqlTokens tokens, TokenRange orderBy, int end) {
    TokenRange entry = new TokenRange(orderBy.from() + 1, orderBy.to());
    if (entry.isEmpty() || tokens.commaSeparated(entry.from(), entry.to()).size() != 1) {
      return null;
    }
    int to = entry.to();
    boolean nullsSaid = tokens.word(to - 2, "nulls");
    boolean nullsFirst = nullsSaid && tokens.word(to - 1, "first");
    to -= nullsSaid ? 2 : 0;
    boolean descending = tokens.word(to - 1, "desc");
    if (descending || tokens.word(to - 1, "asc")) {
      to--;
    }
    TopOrder order = new TopOrder(descending, nullsSaid ? nullsFirst : descending);
    TokenRange key = new TokenRange(entry.from(), to);
    return new Tail(tokens, entry.to(), end)
        .read(key, order, new TokenRange(orderBy.from() - 1, end));
  }

  /** Whether literals ask for more than is sorted here. */
  boolean tooMany() {
    return limit.parameter() < 0 && limit.literal() + (long) offset.literal() > MAX_ROWS;
  }

  /**
   * What stands in its place in the server's statement: nothing that limits rows, but parameters
   * stay mentioned, and numbers below zero stay errors.
   */
  String replacement() {
    String text = "";
    if (limit.parameter() >= 0) {
      String n = "$" + (limit.parameter() + 1) + "::bigint";
      text = "LIMIT CASE WHEN " + n + " < 0 THEN " + n + " END";
    }
    if (offset.parameter() >= 0) {
      String n = "$" + (offset.parameter() + 1) + "::bigint";
      text += " OFFSET CASE WHEN " + n + " < 0 THEN " + n + " END";
    }
    return text;
  }

  private static boolean isDigits(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** LIMIT, OFFSET and FETCH, in any order, each once. */
  private static final class Tail {
    private final SqlTokens tokens;
    private final int end;
    private int at;
    private @Nullable Count limit;
    private @Nullable Count offset;

    Tail(SqlTokens tokens, int from, int end) {
      this.tokens = tokens;
      this.at = from;
      this.end = end;
    }

    @Nullable TopClause read(TokenRange key, TopOrder order, TokenRange range) {
      while (at < end) {
        if (!part()) {
          return null;
        }
      }
      return limit == null
          ? null
          : new TopClause(key, order, limit, offset == null ? Count.NONE : offset, range);
    }

    private boolean part() {
      if (limit == null && tokens.word(at, "limit")) {
        limit = count(at + 1);
        at += 2;
        return limit != null;
      }
      if (limit == null && tokens.word(at, "fetch")) {
        limit = count(at + 2);
        at += 5;
        return limit != null && rows(at - 2) && tokens.word(at - 1, "only");
      }
      if (offset == null && tokens.word(at, "offset")) {
        offset = count(at + 1);
        at += rows(at + 2) ? 3 : 2;
        return offset != null;
      }
      return false;
    }

    private boolean rows(int token) {
      return tokens.word(token, "row") || tokens.word(token, "rows");
    }

    private @Nullable Count count(int token) {
      String text = token < end ? tokens.slice(token) : "";
      if (tokens.is(token, TokenKind.PARAMETER) && isDigits(text.substring(1))) {
        return text.length() > MAX_DIGITS ? null : new Count(index(text), 0);
      }
      boolean number = text.length() <= MAX_DIGITS && isDigits(text);
      return number ? new Count(-1, Integer.parseInt(text)) : null;
    }

    private static int index(String parameter) {
      return Integer.parseInt(parameter.substring(1)) - 1;
    }
  }
}
