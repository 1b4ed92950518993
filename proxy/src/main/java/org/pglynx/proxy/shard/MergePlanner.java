package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SelectItem;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Finds out how the rows of a SELECT on several shards become its result. */
final class MergePlanner {
  private final SqlTokens tokens;
  private final SelectShape shape;
  private final Level level;

  MergePlanner(SqlTokens tokens, SelectShape shape, Level level) {
    this.tokens = tokens;
    this.shape = shape;
    this.level = level;
  }

  /** Whether each group, and each distinct row, is on one shard. */
  boolean local() {
    return (!shape.has(Clause.GROUP) || keyed(groups())) && (!shape.distinct() || keyed(items()));
  }

  MergePlan plan() throws NotProvableException {
    boolean grouped = shape.has(Clause.GROUP);
    if (!local()) {
      throw new NotProvableException(
          "GROUP BY and DISTINCT over several shards are served with the sharding key among their"
              + " columns");
    }
    if (!grouped && folds()) {
      return fold();
    }
    if (shape.has(Clause.HAVING) && !grouped) {
      throw new NotProvableException("HAVING without GROUP BY is not served over several shards");
    }
    TokenRange order = shape.clause(Clause.ORDER);
    List<SortKey> keys = order == null ? List.of() : keys(order);
    long limit = limit();
    return keys.isEmpty() && limit < 0 ? MergePlan.CONCAT : new MergePlan.Ordered(keys, limit);
  }

  // ---- groups --------------------------------------------------------------------------------

  private List<TokenRange> items() {
    return shape.items().stream().map(SelectItem::expression).toList();
  }

  private List<TokenRange> groups() {
    TokenRange group = shape.clause(Clause.GROUP);
    // Behind GROUP comes BY.
    return group == null ? List.of() : tokens.commaSeparated(group.from() + 1, group.to());
  }

  /**
   * Whether rows that are equal in these are all on one shard: those of one key are. A table behind
   * a left join has no key where it has no row.
   */
  private boolean keyed(List<TokenRange> columns) {
    TableUse leading = level.uses().getFirst();
    ConditionReader reader = new ConditionReader(tokens);
    List<Integer> found = new ArrayList<>();
    for (TokenRange each : columns) {
      Level.KeyColumn column = reader.column(each, level);
      if (column != null && (column.use() == leading || !level.leftJoins())) {
        found.add(column.index());
      }
    }
    for (int i = 0; i < leading.key().length; i++) {
      if (!found.contains(i)) {
        return false;
      }
    }
    return true;
  }

  // ---- aggregates ----------------------------------------------------------------------------

  /** Whether an item is an aggregate of all rows. */
  private boolean folds() {
    return shape.items().stream().anyMatch(item -> aggregate(item.expression()) != null);
  }

  private MergePlan fold() throws NotProvableException {
    List<Aggregate> columns = new ArrayList<>();
    for (SelectItem item : shape.items()) {
      Aggregate aggregate = aggregate(item.expression());
      if (aggregate == null) {
        throw new NotProvableException(
            "\""
                + tokens.slice(item.range().from(), item.range().to())
                + "\" is not computed from those of several shards");
      }
      columns.add(aggregate);
    }
    if (shape.has(Clause.ORDER)
        || shape.has(Clause.LIMIT)
        || shape.has(Clause.HAVING)
        || shape.distinct()) {
      throw new NotProvableException(
          "DISTINCT, HAVING, ORDER BY and LIMIT are not served with aggregates of all rows");
    }
    return new MergePlan.Fold(columns);
  }

  private @Nullable Aggregate aggregate(TokenRange range) {
    int name = range.from();
    if (!tokens.is(name, TokenKind.WORD)
        || !tokens.is(name + 1, TokenKind.LEFT_PAREN)
        || tokens.partner(name + 1) != range.to() - 1
        || tokens.word(name + 2, "distinct")) {
      return null;
    }
    return Aggregate.of(tokens.identifier(name));
  }

  // ---- order ---------------------------------------------------------------------------------

  private List<SortKey> keys(TokenRange order) throws NotProvableException {
    List<SortKey> keys = new ArrayList<>();
    for (TokenRange each : tokens.commaSeparated(order.from() + 1, order.to())) {
      keys.add(key(each));
    }
    return keys;
  }

  private SortKey key(TokenRange range) throws NotProvableException {
    int end = range.to();
    Boolean nullsFirst = null;
    if (end - range.from() > 2 && tokens.word(end - 2, "nulls")) {
      nullsFirst = tokens.word(end - 1, "first");
      end -= 2;
    }
    boolean descending = tokens.word(end - 1, "desc");
    if (end - range.from() > 1 && (descending || tokens.word(end - 1, "asc"))) {
      end--;
    }
    TokenRange expression = new TokenRange(range.from(), end);
    return new SortKey(
        column(expression), descending, nullsFirst == null ? descending : nullsFirst);
  }

  private int column(TokenRange expression) throws NotProvableException {
    List<SelectItem> items = shape.items();
    int from = expression.from();
    if (items.stream().noneMatch(SelectItem::star)) {
      if (expression.size() == 1 && tokens.is(from, TokenKind.NUMBER)) {
        String digits = tokens.slice(from);
        if (digits.matches("[1-9]\\d{0,3}") && Integer.parseInt(digits) <= items.size()) {
          return Integer.parseInt(digits) - 1;
        }
      }
      for (int i = 0; i < items.size(); i++) {
        if (orders(items.get(i), expression)) {
          return i;
        }
      }
    }
    throw new NotProvableException(
        "ORDER BY over several shards is served by columns of the result that are named in it");
  }

  /** Whether the expression is the item, by the item's name or by its words. */
  private boolean orders(SelectItem item, TokenRange expression) {
    TokenRange own = item.expression();
    boolean name = expression.size() == 1 && tokens.name(expression.from());
    if (name) {
      return tokens.identifier(expression.from()).equals(outputName(item));
    }
    return tokens
        .slice(own.from(), own.to())
        .equals(tokens.slice(expression.from(), expression.to()));
  }

  private String outputName(SelectItem item) {
    TokenRange own = item.expression();
    int last = own.to() - 1;
    boolean column =
        own.size() == 1 && tokens.name(last)
            || own.size() == 3 && tokens.is(last - 1, TokenKind.DOT) && tokens.name(last);
    return item.alias().isEmpty() && column ? tokens.identifier(last) : item.alias();
  }

  /** The literal behind LIMIT; negative without one. */
  private long limit() throws NotProvableException {
    TokenRange limit = shape.clause(Clause.LIMIT);
    if (limit == null) {
      return -1;
    }
    String digits = tokens.slice(limit.from(), limit.to());
    if (!tokens.word(limit.from() - 1, "limit") || !digits.matches("\\d{1,18}")) {
      throw new NotProvableException(
          "OFFSET, FETCH, and LIMIT with anything but a number are not served over several shards");
    }
    return Long.parseLong(digits);
  }
}
