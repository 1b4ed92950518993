package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.shard.Level.KeyColumn;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Reads what a condition says of key columns: {@code column = term}, {@code column IN (terms)} and
 * {@code column = column} where they must hold, which is between ANDs outside of anything else. OR,
 * NOT, CASE, BETWEEN and all other forms say nothing.
 */
final class ConditionReader {
  private final SqlTokens tokens;
  private final TermReader terms;

  ConditionReader(SqlTokens tokens) {
    this.tokens = tokens;
    this.terms = new TermReader(tokens);
  }

  /**
   * Reads a condition.
   *
   * @param narrows which tables only matter with rows for which the condition holds
   */
  void read(TokenRange range, Level level, Predicate<TableUse> narrows) {
    for (TokenRange each : conjuncts(range)) {
      TokenRange inner = unwrapped(each);
      if (inner.equals(each)) {
        conjunct(each, level, narrows);
      } else {
        read(inner, level, narrows);
      }
    }
  }

  private TokenRange unwrapped(TokenRange range) {
    return tokens.is(range.from(), TokenKind.LEFT_PAREN)
            && tokens.partner(range.from()) == range.to() - 1
        ? new TokenRange(range.from() + 1, range.to() - 1)
        : range;
  }

  /** The parts between ANDs; none if an OR makes all of them doubtful. */
  List<TokenRange> conjuncts(TokenRange range) {
    List<TokenRange> parts = new ArrayList<>();
    int begin = range.from();
    int cases = 0;
    boolean between = false;
    for (int i = range.from(); i < range.to(); i = tokens.skip(i)) {
      if (tokens.is(i - 1, TokenKind.DOT)) {
        // Behind a dot any word is a name, e.end too.
        continue;
      }
      if (tokens.word(i, "case")) {
        cases++;
      } else if (tokens.word(i, "end")) {
        cases--;
      } else if (cases == 0 && tokens.word(i, "or")) {
        return List.of();
      } else if (cases == 0 && tokens.word(i, "between")) {
        between = true;
      } else if (cases == 0 && tokens.word(i, "and")) {
        if (!between) {
          parts.add(new TokenRange(begin, i));
          begin = i + 1;
        }
        between = false;
      }
    }
    parts.add(new TokenRange(begin, range.to()));
    return parts;
  }

  private void conjunct(TokenRange range, Level level, Predicate<TableUse> narrows) {
    int equals = equalsSign(range);
    boolean any = tokens.word(equals + 1, "any") || tokens.word(equals + 1, "some");
    if (equals > 0 && any) {
      any(column(new TokenRange(range.from(), equals), level), equals + 2, range.to(), narrows);
      return;
    }
    if (equals > 0) {
      TokenRange left = new TokenRange(range.from(), equals);
      TokenRange right = new TokenRange(equals + 1, range.to());
      equation(column(left, level), left, column(right, level), right, narrows);
      return;
    }
    int last = range.to() - 1;
    int open = tokens.is(last, TokenKind.RIGHT_PAREN) ? tokens.partner(last) : -1;
    if (open > range.from() + 1 && tokens.word(open - 1, "in")) {
      KeyColumn column = column(new TokenRange(range.from(), open - 1), level);
      if (column != null && narrows.test(column.use())) {
        List<KeyTerm> list = terms.list(open + 1, last, column.type());
        if (list != null) {
          column.node().among(list);
        }
      }
    }
  }

  /** {@code column = ANY (array)}, of which the bracket opens here. */
  private void any(@Nullable KeyColumn column, int open, int to, Predicate<TableUse> narrows) {
    boolean bracket = tokens.is(open, TokenKind.LEFT_PAREN) && tokens.partner(open) == to - 1;
    if (column != null && bracket && narrows.test(column.use())) {
      List<KeyTerm> elements = terms.elements(new TokenRange(open + 1, to - 1), column.type());
      if (elements != null) {
        column.node().among(elements);
      }
    }
  }

  /** The only = outside of brackets; two of them, or none, are not for us. */
  private int equalsSign(TokenRange range) {
    int found = -1;
    for (int i = range.from(); i < range.to(); i = tokens.skip(i)) {
      if (tokens.operator(i, "=")) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  private void equation(
      @Nullable KeyColumn left,
      TokenRange leftRange,
      @Nullable KeyColumn right,
      TokenRange rightRange,
      Predicate<TableUse> narrows) {
    if (left != null && right != null) {
      same(left, right, narrows);
    } else if (left != null) {
      constant(left, rightRange, narrows);
    } else if (right != null) {
      constant(right, leftRange, narrows);
    }
  }

  private void constant(KeyColumn column, TokenRange range, Predicate<TableUse> narrows) {
    KeyTerm term = terms.term(range, column.type());
    if (term != null && narrows.test(column.use())) {
      column.node().among(List.of(term));
    }
  }

  /** The values of both are the same in each row that matters of a table that is narrowed. */
  static void same(KeyColumn left, KeyColumn right, Predicate<TableUse> narrows) {
    if (narrows.test(left.use())) {
      left.node().follows(right.node());
    }
    if (narrows.test(right.use())) {
      right.node().follows(left.node());
    }
  }

  /** The key column that the range names, or null. */
  @Nullable KeyColumn column(TokenRange range, Level level) {
    int last = range.to() - 1;
    for (int i = range.from(); i <= last; i++) {
      boolean fits = (i - range.from()) % 2 == 0 ? tokens.name(i) : tokens.is(i, TokenKind.DOT);
      if (!fits) {
        return null;
      }
    }
    return switch (range.size()) {
      case 1 -> level.column(tokens.identifier(last));
      case 3, 5 -> level.column(tokens.identifier(last - 2), tokens.identifier(last));
      default -> null;
    };
  }
}
