package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.shard.Level.KeyColumn;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Reads what a condition says of key columns: {@code column = term}, {@code column IN (terms)} and
 * {@code column = column} where they must hold, which is between ANDs outside of anything else. Of
 * parts between ORs it is known what each of them says. NOT, CASE, BETWEEN and all other forms say
 * nothing.
 */
final class ConditionReader {
  private final SqlTokens tokens;
  private final TermReader terms;

  /** What is known of key columns where the part between ORs in hand holds; null outside of OR. */
  private @Nullable Map<KeyNode, List<KeyTerm>> alternative;

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
    List<TokenRange> either = between("or", range);
    if (either.size() > 1) {
      either(either, level, narrows);
      return;
    }
    for (TokenRange each : conjuncts(range)) {
      TokenRange inner = unwrapped(each);
      if (inner.equals(each)) {
        conjunct(each, level, narrows);
      } else {
        read(inner, level, narrows);
      }
    }
  }

  /** A key column that is one of some terms in each part is one of those of all parts. */
  private void either(List<TokenRange> parts, Level level, Predicate<TableUse> narrows) {
    Map<KeyNode, List<KeyTerm>> around = alternative;
    Map<KeyNode, List<KeyTerm>> common = new HashMap<>();
    for (TokenRange part : parts) {
      Map<KeyNode, List<KeyTerm>> own = new HashMap<>();
      alternative = own;
      read(part, level, narrows);
      if (part == parts.getFirst()) {
        common.putAll(own);
      } else {
        common.keySet().retainAll(own.keySet());
        common.replaceAll((node, known) -> joined(known, own.getOrDefault(node, List.of())));
      }
    }
    alternative = around;
    common.forEach(this::among);
  }

  private static List<KeyTerm> joined(List<KeyTerm> one, List<KeyTerm> other) {
    List<KeyTerm> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  /** The key column is one of these. */
  private void among(KeyNode node, List<KeyTerm> terms) {
    if (alternative == null) {
      node.among(terms);
    } else {
      alternative.merge(node, terms, (known, more) -> known.size() <= more.size() ? known : more);
    }
  }

  private TokenRange unwrapped(TokenRange range) {
    return tokens.is(range.from(), TokenKind.LEFT_PAREN)
            && tokens.partner(range.from()) == range.to() - 1
        ? new TokenRange(range.from() + 1, range.to() - 1)
        : range;
  }

  /** The parts that must all hold. */
  List<TokenRange> conjuncts(TokenRange range) {
    return between("or", range).size() > 1 ? List.of(range) : between("and", range);
  }

  /** The parts between ANDs, or ORs, outside of brackets and of CASE. */
  private List<TokenRange> between(String word, TokenRange range) {
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
      } else if (cases == 0 && tokens.word(i, "between")) {
        between = true;
      } else if (cases == 0 && between && tokens.word(i, "and")) {
        between = false;
      } else if (cases == 0 && tokens.word(i, word)) {
        parts.add(new TokenRange(begin, i));
        begin = i + 1;
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
          among(column.node(), list);
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
        among(column.node(), elements);
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
      if (alternative == null) {
        same(left, right, narrows);
      }
    } else if (left != null) {
      constant(left, rightRange, narrows);
    } else if (right != null) {
      constant(right, leftRange, narrows);
    }
  }

  private void constant(KeyColumn column, TokenRange range, Predicate<TableUse> narrows) {
    KeyTerm term = terms.term(range, column.type());
    if (term != null && narrows.test(column.use())) {
      among(column.node(), List.of(term));
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
