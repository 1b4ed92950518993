package org.pglynx.proxy.shard;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.shard.Level.KeyColumn;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Reads a FROM clause: its tables, and what its joins say of their keys. A condition knows the
 * names of its own join only, those between the last comma or bracket and its end.
 */
final class FromReader {
  private enum Join {
    INNER,
    LEFT,
    OTHER
  }

  private final SqlTokens tokens;
  private final QueryReader statement;
  private final Level level;
  private final Set<String> commonTables;
  private final ConditionReader conditions;

  /** The sharded tables of the item in hand. */
  private List<TableUse> lastItem = List.of();

  /** How many sharded tables come before the join in hand. */
  private int before;

  private int to;
  private boolean inBrackets;

  /** The name of the table in hand, with its schema. */
  private TokenRange named = new TokenRange(0, 0);

  FromReader(SqlTokens tokens, QueryReader statement, Level level, Set<String> commonTables) {
    this.tokens = tokens;
    this.statement = statement;
    this.level = level;
    this.commonTables = commonTables;
    this.conditions = new ConditionReader(tokens);
  }

  void read(TokenRange range) throws NotProvableException {
    to = range.to();
    before = level.uses().size();
    boolean brackets = tokens.is(range.from(), TokenKind.LEFT_PAREN);
    int at = item(range.from());
    level.leads(!lastItem.isEmpty() && !brackets);
    while (at < to) {
      if (tokens.is(at, TokenKind.COMMA)) {
        level.leads(false);
        before = level.uses().size();
        at = item(at + 1);
      } else {
        at = join(at);
      }
    }
  }

  // ---- joins ---------------------------------------------------------------------------------

  private int join(int from) throws NotProvableException {
    boolean natural = tokens.word(from, "natural");
    int at = natural ? from + 1 : from;
    Join join = Join.INNER;
    boolean cross = !natural && tokens.word(at, "cross");
    if (tokens.word(at, "left")) {
      join = Join.LEFT;
    } else if (tokens.word(at, "right") || tokens.word(at, "full")) {
      join = Join.OTHER;
    }
    if (join != Join.INNER || cross || tokens.word(at, "inner")) {
      at++;
    }
    at = join != Join.INNER && tokens.word(at, "outer") ? at + 1 : at;
    if (!tokens.word(at, "join")) {
      throw statement.unclear(from, to);
    }
    if (join != Join.INNER) {
      level.outerJoin(join == Join.LEFT && !inBrackets);
    }
    at = item(at + 1);
    if (natural) {
      natural(join);
    }
    return cross || natural ? at : condition(at, join);
  }

  private int condition(int at, Join join) throws NotProvableException {
    if (tokens.word(at, "using") && tokens.is(at + 1, TokenKind.LEFT_PAREN)) {
      int close = tokens.partner(at + 1);
      for (int i = at + 2; i < close; i += 2) {
        using(tokens.identifier(i), narrows(join), any -> true);
      }
      return tokens.word(close + 1, "as") ? merged(close + 2) : close + 1;
    }
    if (!tokens.word(at, "on")) {
      throw statement.unclear(at, to);
    }
    int end = at + 1;
    while (end < to && !tokens.is(end, TokenKind.COMMA) && !joins(end)) {
      end = tokens.skip(end);
    }
    TokenRange range = new TokenRange(at + 1, end);
    level.visibleFrom(before);
    conditions.read(range, level, narrows(join));
    level.visibleFrom(0);
    statement.nested(range, level, commonTables);
    return end;
  }

  /** {@code AS name} behind USING: under the name there are the columns of both sides. */
  private int merged(int at) throws NotProvableException {
    if (!tokens.name(at)) {
      throw statement.unclear(at, to);
    }
    level.addOther(tokens.identifier(at));
    return at + 1;
  }

  private boolean joins(int at) {
    boolean outer = tokens.word(at, "left") || tokens.word(at, "right") || tokens.word(at, "full");
    return tokens.word(at, "join")
        || tokens.word(at, "cross")
        || tokens.word(at, "inner")
        || tokens.word(at, "natural")
        || outer && (tokens.word(at + 1, "outer") || tokens.word(at + 1, "join"));
  }

  /**
   * Rows of the right side of a left join matter only where the condition holds; those of an inner
   * join on both sides; of others none is known to.
   */
  private Predicate<TableUse> narrows(Join join) {
    List<TableUse> right = lastItem;
    List<TableUse> joined = level.uses().subList(before, level.uses().size());
    return switch (join) {
      case INNER -> joined::contains;
      case LEFT -> right::contains;
      case OTHER -> any -> false;
    };
  }

  /** Both sides have the column, as far as their tables are known to. */
  private void using(String column, Predicate<TableUse> narrows, Predicate<TableUse> has) {
    level.visibleFrom(before);
    KeyColumn left = level.column(column);
    level.visibleFrom(0);
    for (TableUse use : lastItem) {
      KeyColumn right = KeyColumn.of(use, column);
      if (left != null
          && right != null
          && left.use() != use
          && has.test(left.use())
          && has.test(use)) {
        ConditionReader.same(left, right, narrows);
      }
    }
  }

  /**
   * By all columns of one name. Which these are only the server knows; but each table has those of
   * its key, unless the key is that of tables of any name.
   */
  private void natural(Join join) {
    for (TableUse use : lastItem) {
      use.table()
          .columns()
          .forEach(column ->
              using(column, narrows(join), each -> !each.table().name().equals(PoolConfig.ANY)));
    }
  }

  // ---- items ---------------------------------------------------------------------------------

  private int item(int from) throws NotProvableException {
    lastItem = List.of();
    int at = tokens.word(from, "lateral") ? from + 1 : from;
    if (at >= to) {
      throw statement.unclear(from, to);
    }
    if (tokens.is(at, TokenKind.LEFT_PAREN)) {
      return statement.query(at + 1) ? subquery(at) : brackets(at);
    }
    return named(at);
  }

  /** {@code (a JOIN b …)}, whose tables are known behind it as if there were no brackets. */
  private int brackets(int open) throws NotProvableException {
    int close = tokens.partner(open);
    int outerEnd = to;
    int outerBefore = before;
    boolean outer = inBrackets;
    to = close;
    before = level.uses().size();
    inBrackets = true;
    int at = item(open + 1);
    while (at < to) {
      at = join(at);
    }
    lastItem = List.copyOf(level.uses().subList(before, level.uses().size()));
    to = outerEnd;
    before = outerBefore;
    inBrackets = outer;
    if (close + 1 < to && !tokens.is(close + 1, TokenKind.COMMA) && !follows(close + 1)) {
      throw new NotProvableException(
          "a join in brackets has a name of its own (leave it out, and use those of its tables)");
    }
    return close + 1;
  }

  private int subquery(int open) throws NotProvableException {
    int close = tokens.partner(open);
    statement.read(new TokenRange(open + 1, close), level, commonTables);
    level.derived();
    return alias(close + 1, "", true, null);
  }

  private int named(int from) throws NotProvableException {
    if (!tokens.name(from) || tokens.word(from, "only") || tokens.word(from, "rows")) {
      throw statement.unclear(from, to);
    }
    String schema = "";
    int at = from;
    while (tokens.is(at + 1, TokenKind.DOT) && tokens.name(at + 2)) {
      schema = tokens.identifier(at);
      at += 2;
    }
    String name = tokens.identifier(at);
    if (tokens.is(at + 1, TokenKind.LEFT_PAREN)) {
      return function(at, name);
    }
    if (schema.isEmpty() && commonTables.contains(name)) {
      level.derived();
      return alias(at + 1, name, true, null);
    }
    TableRules.Kind kind = statement.kind(schema, name);
    ShardedTable table = kind instanceof TableRules.Kind.Sharded sharded ? sharded.table() : null;
    if (table == null) {
      level.reference();
    }
    named = new TokenRange(from, at + 1);
    return alias(at + 1, name, false, table);
  }

  private int function(int at, String name) throws NotProvableException {
    if (name.equals("xmltable") || name.equals("json_table")) {
      throw statement.unclear(at, to);
    }
    int close = tokens.partner(at + 1);
    statement.nested(new TokenRange(at + 2, close), level, commonTables);
    statement.calls(name);
    level.derived();
    int next = close + 1;
    if (tokens.word(next, "with") && tokens.word(next + 1, "ordinality")) {
      next += 2;
    }
    return alias(next, name, true, null);
  }

  /** Reads an alias, and enters the item under it. */
  private int alias(int from, String name, boolean columns, @Nullable ShardedTable table)
      throws NotProvableException {
    int at = from;
    String alias = name;
    boolean as = tokens.word(at, "as") && at < to;
    if (as) {
      at++;
    }
    if (at < to && tokens.name(at) && (as || !follows(at))) {
      alias = tokens.identifier(at);
      at++;
    }
    if (at < to && columns && tokens.is(at, TokenKind.LEFT_PAREN)) {
      at = tokens.partner(at) + 1;
    }
    enter(alias, at > named.to(), table);
    if (at < to && !tokens.is(at, TokenKind.COMMA) && !follows(at)) {
      throw statement.unclear(at, to);
    }
    return at;
  }

  private boolean follows(int at) {
    return joins(at) || tokens.word(at, "on") || tokens.word(at, "using");
  }

  private void enter(String alias, boolean aliased, @Nullable ShardedTable table) {
    if (table == null) {
      level.addOther(alias);
      return;
    }
    TableUse use = TableUse.of(table, alias);
    level.add(use);
    statement.uses(use);
    statement.place(new TablePlace(use, level, named, aliased));
    lastItem = List.of(use);
  }
}
