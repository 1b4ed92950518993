package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Reads a FROM clause: its tables, and what its joins say of their keys. */
final class FromReader {
  private enum Join {
    INNER,
    LEFT,
    OTHER
  }

  /** A condition of a join, to be read when all names are known. */
  private record Condition(Join join, List<TableUse> right, TokenRange range, boolean using) {}

  private final SqlTokens tokens;
  private final QueryReader statement;
  private final Level level;
  private final Set<String> commonTables;
  private final List<Condition> conditions = new ArrayList<>();
  private List<TableUse> lastItem = List.of();
  private int to;

  /** The name of the table in hand, with its schema. */
  private TokenRange named = new TokenRange(0, 0);

  FromReader(SqlTokens tokens, QueryReader statement, Level level, Set<String> commonTables) {
    this.tokens = tokens;
    this.statement = statement;
    this.level = level;
    this.commonTables = commonTables;
  }

  void read(TokenRange range) throws NotProvableException {
    to = range.to();
    int at = item(range.from());
    level.leads(!lastItem.isEmpty());
    while (at < to) {
      if (tokens.is(at, TokenKind.COMMA)) {
        level.leads(false);
      }
      at = tokens.is(at, TokenKind.COMMA) ? item(at + 1) : join(at);
    }
    ConditionReader reader = new ConditionReader(tokens);
    for (Condition each : conditions) {
      read(each, reader);
    }
  }

  // ---- joins ---------------------------------------------------------------------------------

  private int join(int from) throws NotProvableException {
    int at = from;
    Join join = Join.INNER;
    boolean cross = tokens.word(at, "cross");
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
      level.outerJoin(join == Join.LEFT);
    }
    at = item(at + 1);
    return cross ? at : condition(at, join);
  }

  private int condition(int at, Join join) throws NotProvableException {
    if (tokens.word(at, "using") && tokens.is(at + 1, TokenKind.LEFT_PAREN)) {
      int close = tokens.partner(at + 1);
      conditions.add(new Condition(join, lastItem, new TokenRange(at + 2, close), true));
      if (tokens.word(close + 1, "as")) {
        throw statement.unclear(close + 1, to);
      }
      return close + 1;
    }
    if (!tokens.word(at, "on")) {
      throw statement.unclear(at, to);
    }
    int end = at + 1;
    while (end < to && !tokens.is(end, TokenKind.COMMA) && !joins(end)) {
      end = tokens.skip(end);
    }
    TokenRange range = new TokenRange(at + 1, end);
    conditions.add(new Condition(join, lastItem, range, false));
    statement.nested(range, level, commonTables);
    return end;
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
  private void read(Condition condition, ConditionReader reader) {
    Predicate<TableUse> narrows =
        switch (condition.join()) {
          case INNER -> any -> true;
          case LEFT -> condition.right()::contains;
          case OTHER -> any -> false;
        };
    if (condition.using()) {
      using(condition, narrows);
    } else {
      reader.read(condition.range(), level, narrows);
    }
  }

  private void using(Condition condition, Predicate<TableUse> narrows) {
    for (int i = condition.range().from(); i < condition.range().to(); i += 2) {
      String column = tokens.identifier(i);
      Level.KeyColumn left = level.column(column);
      for (TableUse use : condition.right()) {
        Level.KeyColumn right = Level.KeyColumn.of(use, column);
        if (left != null && right != null && left.use() != use) {
          ConditionReader.same(left, right, narrows);
        }
      }
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
      return subquery(at);
    }
    return named(at);
  }

  private int subquery(int open) throws NotProvableException {
    int close = tokens.partner(open);
    if (!statement.query(open + 1)) {
      throw statement.unclear(open, to);
    }
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
