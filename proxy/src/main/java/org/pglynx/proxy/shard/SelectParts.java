package org.pglynx.proxy.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;

/** One SELECT, cut into the parts of which other texts are made. */
final class SelectParts {
  private final SqlTokens tokens;
  private final TokenRange range;
  private final SelectShape shape;
  private final List<OutputColumn> columns;

  SelectParts(SqlTokens tokens, TokenRange range, SelectShape shape) {
    this.tokens = tokens;
    this.range = range;
    this.shape = shape;
    this.columns = OutputColumn.of(tokens, shape.items());
  }

  boolean has(Clause clause) {
    return shape.has(clause);
  }

  boolean distinct() {
    return shape.distinct();
  }

  List<OutputColumn> columns() {
    return columns;
  }

  /** The select list as it is. */
  String list() throws NotProvableException {
    if (shape.items().isEmpty()) {
      throw new NotProvableException("it selects no column");
    }
    TokenRange first = shape.items().getFirst().range();
    TokenRange last = shape.items().getLast().range();
    return tokens.slice(first.from(), last.to());
  }

  /** FROM and WHERE as they are. */
  String source() throws NotProvableException {
    return tokens.slice(
        start(Clause.FROM), before(Clause.GROUP, Clause.HAVING, Clause.ORDER, Clause.LIMIT));
  }

  /** FROM up to HAVING as they are. */
  String body() throws NotProvableException {
    return tokens.slice(start(Clause.FROM), before(Clause.ORDER, Clause.LIMIT));
  }

  private int start(Clause clause) throws NotProvableException {
    TokenRange found = shape.clause(clause);
    if (found == null) {
      throw new NotProvableException("it has no " + clause);
    }
    return found.from() - 1;
  }

  private int before(Clause... clauses) {
    int first = range.to();
    for (Clause each : clauses) {
      TokenRange found = shape.clause(each);
      first = found == null ? first : Math.min(first, found.from() - 1);
    }
    return first;
  }

  /** The expressions behind GROUP BY. */
  List<TokenRange> groups() {
    TokenRange group = shape.clause(Clause.GROUP);
    return group == null ? List.of() : tokens.commaSeparated(group.from() + 1, group.to());
  }

  @Nullable TokenRange having() {
    return shape.clause(Clause.HAVING);
  }

  List<SortTerm> order() throws NotProvableException {
    TokenRange order = shape.clause(Clause.ORDER);
    return order == null ? List.of() : SortTerm.of(tokens, order, columns);
  }

  /** What stands behind ORDER BY. */
  String orderWords() {
    TokenRange order = shape.clause(Clause.ORDER);
    return order == null ? "" : tokens.slice(order.from() + 1, order.to());
  }

  LimitClause limit() throws NotProvableException {
    TokenRange limit = shape.clause(Clause.LIMIT);
    return limit == null
        ? LimitClause.NONE
        : LimitClause.of(tokens, new TokenRange(limit.from() - 1, range.to()));
  }
}
