package org.pglynx.proxy.sql;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outline of a statement whose main part is one plain SELECT, possibly behind WITH: its select
 * list and where its clauses stand, read from the tokens outside of all brackets.
 */
public final class SelectShape {
  /** Clauses of a SELECT behind its select list. */
  public enum Clause {
    /** INTO a new table. */
    INTO,
    /** FROM. */
    FROM,
    /** WHERE. */
    WHERE,
    /** GROUP BY. */
    GROUP,
    /** HAVING. */
    HAVING,
    /** WINDOW. */
    WINDOW,
    /** UNION, INTERSECT or EXCEPT with another query. */
    SET_OPERATION,
    /** ORDER BY. */
    ORDER,
    /** LIMIT, OFFSET or FETCH. */
    LIMIT,
    /** FOR UPDATE and the like. */
    FOR
  }

  private final boolean distinct;
  private final List<SelectItem> items;
  private final Map<Clause, TokenRange> clauses;

  private SelectShape(boolean distinct, List<SelectItem> items, Map<Clause, TokenRange> clauses) {
    this.distinct = distinct;
    this.items = items;
    this.clauses = clauses;
  }

  /** The outline, or null if the statement is not of this shape. */
  public static @Nullable SelectShape of(SqlTokens tokens, TokenRange statement) {
    int select = mainSelect(tokens, statement);
    if (select < 0) {
      return null;
    }
    boolean distinct = tokens.word(select + 1, "distinct");
    int from = distinct || tokens.word(select + 1, "all") ? select + 2 : select + 1;
    Map<Clause, TokenRange> clauses = new EnumMap<>(Clause.class);
    int listEnd = clauses(tokens, from, statement.to(), clauses);
    List<SelectItem> items =
        tokens.commaSeparated(from, listEnd).stream()
            .filter(range -> !range.isEmpty())
            .map(range -> SelectItem.of(tokens, range))
            .toList();
    return new SelectShape(distinct, items, clauses);
  }

  private static int mainSelect(SqlTokens tokens, TokenRange statement) {
    if (tokens.word(statement.from(), "select")) {
      return statement.from();
    }
    if (!tokens.word(statement.from(), "with")) {
      return -1;
    }
    // The common tables are in parentheses, so the first verb outside of them is the main one.
    for (int i = statement.from() + 1; i < statement.to(); i = tokens.skip(i)) {
      if (tokens.word(i, "select")) {
        return i;
      }
    }
    return -1;
  }

  /** Notes the clauses from the select list on; gives where the list ends. */
  private static int clauses(SqlTokens tokens, int from, int to, Map<Clause, TokenRange> clauses) {
    int listEnd = to;
    int begin = from;
    Clause current = null;
    for (int i = from; i < to; i = tokens.skip(i)) {
      Clause clause = clauseAt(tokens, i, from);
      if (clause != null) {
        if (current == null) {
          listEnd = i;
        } else {
          clauses.putIfAbsent(current, new TokenRange(begin, i));
        }
        current = clause;
        begin = i + 1;
      }
    }
    if (current != null) {
      clauses.putIfAbsent(current, new TokenRange(begin, to));
    }
    return listEnd;
  }

  /**
   * The clause that the key word at i opens, or null; key words may be names behind AS and dots.
   */
  private static @Nullable Clause clauseAt(SqlTokens tokens, int i, int first) {
    if (!tokens.is(i, TokenKind.WORD)
        || (i > first && (tokens.is(i - 1, TokenKind.DOT) || tokens.word(i - 1, "as")))) {
      return null;
    }
    return switch (tokens.identifier(i)) {
      case "into" -> Clause.INTO;
      case "from" -> i > first && tokens.word(i - 1, "distinct") ? null : Clause.FROM;
      case "where" -> Clause.WHERE;
      case "group" -> i > first && tokens.word(i - 1, "within") ? null : Clause.GROUP;
      case "having" -> Clause.HAVING;
      case "window" -> Clause.WINDOW;
      case "union", "intersect", "except" -> Clause.SET_OPERATION;
      case "order" -> Clause.ORDER;
      case "limit", "offset", "fetch" -> Clause.LIMIT;
      case "for" -> Clause.FOR;
      default -> null;
    };
  }

  /** Whether it is SELECT DISTINCT. */
  public boolean distinct() {
    return distinct;
  }

  /** The select list. */
  public List<SelectItem> items() {
    return items;
  }

  /** Whether the clause is there. */
  public boolean has(Clause clause) {
    return clauses.containsKey(clause);
  }

  /** The tokens behind the clause's first key word, or null if it is not there. */
  public @Nullable TokenRange clause(Clause clause) {
    return clauses.get(clause);
  }
}
