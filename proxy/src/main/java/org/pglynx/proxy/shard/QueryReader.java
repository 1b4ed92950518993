package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Reads queries with all queries inside them: which sharded tables they use, and what is known of
 * the keys of the rows that matter there. What it does not understand, it refuses.
 */
final class QueryReader {
  private final SqlTokens tokens;
  private final TableRules rules;
  private final List<TableUse> uses = new ArrayList<>();
  private final Set<String> calls = new HashSet<>();
  private boolean catalogs;
  private final List<TablePlace> places = new ArrayList<>();
  private @Nullable Level top;
  private boolean writes;

  QueryReader(SqlTokens tokens, TableRules rules) {
    this.tokens = tokens;
    this.rules = rules;
  }

  // ---- what has been found -------------------------------------------------------------------

  /** How many bytes of rows of all shards one statement may collect. */
  long mergeMemory() {
    return rules.mergeMemory();
  }

  /** Whether an UPDATE of a sharding key moves the row to its new shard. */
  boolean moves() {
    return rules.moves();
  }

  /** Whether a statement in it, or behind its WITH, writes. */
  boolean writes() {
    return writes;
  }

  /** Each place where a sharded table is used. */
  List<TableUse> uses() {
    return uses;
  }

  /** Functions in FROM. */
  Set<String> calls() {
    return calls;
  }

  /** Whether a catalog is read, which each shard has for itself. */
  boolean catalogs() {
    return catalogs;
  }

  /** The level of the statement itself, if it is one plain SELECT. */
  @Nullable Level top() {
    return top;
  }

  void uses(TableUse use) {
    uses.add(use);
  }

  /** Where sharded tables are named in FROM. */
  List<TablePlace> places() {
    return places;
  }

  void place(TablePlace place) {
    places.add(place);
  }

  void calls(String function) {
    calls.add(function);
  }

  /** What a table is; one of which nothing is known cannot be read. */
  TableRules.Kind kind(String schema, String name) throws NotProvableException {
    TableRules.Kind kind = rules.kind(schema, name);
    switch (kind) {
      case TableRules.Kind.Unknown unknown ->
          throw new NotProvableException(
              "it is not configured whether the table \""
                  + name
                  + "\" is sharded: name it in sharded_tables or reference_tables of the pool");
      case TableRules.Kind.Unclear unclear ->
          throw new NotProvableException(
              "the table \"" + name + "\" is configured with its schema, and named without");
      case TableRules.Kind.Catalog catalog -> catalogs = true;
      case TableRules.Kind.Sharded sharded -> {}
      case TableRules.Kind.Reference reference -> {}
    }
    return kind;
  }

  /** What is told of a part that is not understood. */
  NotProvableException unclear(int from, int to) {
    String words = tokens.slice(from, Math.min(to, from + 6));
    return new NotProvableException("the part \"" + words + "\" is not understood");
  }

  // ---- queries -------------------------------------------------------------------------------

  /** Whether a query begins at the token. */
  boolean query(int at) {
    int first = at;
    while (tokens.is(first, TokenKind.LEFT_PAREN)) {
      first++;
    }
    return tokens.word(first, "select")
        || tokens.word(first, "with")
        || tokens.word(first, "values")
        || tokens.word(first, "table");
  }

  /** Reads a query, with the names around it. */
  void read(TokenRange range, @Nullable Level outer, Set<String> commonTables)
      throws NotProvableException {
    Set<String> visible = new HashSet<>(commonTables);
    int main = tokens.word(range.from(), "with") ? with(range, outer, visible) : range.from();
    if (main > range.from() && writing(main)) {
      written(new TokenRange(main, range.to()), visible);
      return;
    }
    List<TokenRange> arms = arms(main, range.to());
    for (TokenRange arm : arms) {
      arm(arm, outer, visible, arms.size() == 1 && main == range.from());
    }
  }

  private int with(TokenRange range, @Nullable Level outer, Set<String> visible)
      throws NotProvableException {
    int at = range.from() + 1;
    boolean recursive = tokens.word(at, "recursive");
    at = recursive ? at + 1 : at;
    while (true) {
      if (!tokens.name(at)) {
        throw unclear(at, range.to());
      }
      String name = tokens.identifier(at);
      at = tokens.is(at + 1, TokenKind.LEFT_PAREN) ? tokens.partner(at + 1) + 1 : at + 1;
      if (recursive) {
        visible.add(name);
      }
      at = body(at, range.to(), outer, visible);
      visible.add(name);
      if (!tokens.is(at, TokenKind.COMMA)) {
        return at;
      }
      at++;
    }
  }

  private int body(int from, int to, @Nullable Level outer, Set<String> visible)
      throws NotProvableException {
    int at = from;
    if (!tokens.word(at, "as")) {
      throw unclear(from, to);
    }
    at++;
    at = tokens.word(at, "not") ? at + 1 : at;
    at = tokens.word(at, "materialized") ? at + 1 : at;
    boolean writing = writing(at + 1);
    if (!tokens.is(at, TokenKind.LEFT_PAREN) || !writing && !query(at + 1)) {
      throw unclear(from, to);
    }
    int close = tokens.partner(at);
    TokenRange body = new TokenRange(at + 1, close);
    if (writing) {
      written(body, visible);
    } else {
      read(body, outer, visible);
    }
    return close + 1;
  }

  private boolean writing(int at) {
    return tokens.word(at, "insert") || tokens.word(at, "update") || tokens.word(at, "delete");
  }

  /** A write in WITH, or behind it: its rows count among those of the whole statement. */
  private void written(TokenRange range, Set<String> visible) throws NotProvableException {
    top = null;
    writes = true;
    WriteReader writer = new WriteReader(tokens, this, visible);
    Plan plan =
        switch (tokens.identifier(range.from())) {
          case "insert" -> writer.insert(range);
          case "update" -> writer.update(range);
          default -> writer.delete(range);
        };
    if (!(plan instanceof Plan.Keyed keyed)) {
      throw new NotProvableException(
          "beside WITH only writes are served whose rows stay on one shard (write them one by one)");
    }
    keyed.uses().stream().filter(use -> !uses.contains(use)).forEach(uses::add);
  }

  /** What UNION, INTERSECT and EXCEPT combine. */
  private List<TokenRange> arms(int from, int to) {
    List<TokenRange> arms = new ArrayList<>();
    int begin = from;
    for (int i = from; i < to; i = tokens.skip(i)) {
      if (combines(i)) {
        arms.add(new TokenRange(begin, i));
        begin = tokens.word(i + 1, "all") || tokens.word(i + 1, "distinct") ? i + 2 : i + 1;
      }
    }
    arms.add(new TokenRange(begin, to));
    return arms;
  }

  private boolean combines(int at) {
    boolean word =
        tokens.word(at, "union") || tokens.word(at, "intersect") || tokens.word(at, "except");
    return word && !tokens.is(at - 1, TokenKind.DOT) && !tokens.word(at - 1, "as");
  }

  private void arm(TokenRange arm, @Nullable Level outer, Set<String> visible, boolean alone)
      throws NotProvableException {
    int from = arm.from();
    if (tokens.is(from, TokenKind.LEFT_PAREN)) {
      int close = tokens.partner(from);
      if (!query(from + 1)) {
        throw unclear(from, arm.to());
      }
      read(new TokenRange(from + 1, close), outer, visible);
      nested(new TokenRange(close + 1, arm.to()), outer, visible);
    } else if (tokens.word(from, "values")) {
      nested(arm, outer, visible);
    } else if (tokens.word(from, "table")) {
      whole(arm, outer, visible);
    } else {
      Level level = select(arm, outer, visible);
      top = alone && outer == null && uses.size() == level.uses().size() ? level : null;
    }
  }

  /** {@code TABLE name}. */
  private void whole(TokenRange arm, @Nullable Level outer, Set<String> visible)
      throws NotProvableException {
    int end = arm.from() + 2;
    while (end < arm.to() && tokens.is(end, TokenKind.DOT)) {
      end += 2;
    }
    Level level = new Level(outer);
    top = null;
    new FromReader(tokens, this, level, visible)
        .read(new TokenRange(arm.from() + 1, Math.min(end, arm.to())));
    nested(new TokenRange(Math.min(end, arm.to()), arm.to()), level, visible);
  }

  private Level select(TokenRange range, @Nullable Level outer, Set<String> visible)
      throws NotProvableException {
    SelectShape shape = tokens.word(range.from(), "select") ? SelectShape.of(tokens, range) : null;
    if (shape == null) {
      throw unclear(range.from(), range.to());
    }
    if (shape.has(Clause.INTO)) {
      throw new NotProvableException(
          "INTO fills a table with rows of one shard (create it, say how it is sharded, and use"
              + " INSERT ... SELECT)");
    }
    Level level = new Level(outer);
    TokenRange from = shape.clause(Clause.FROM);
    if (from == null) {
      nested(range, level, visible);
      return level;
    }
    new FromReader(tokens, this, level, visible).read(from);
    nested(new TokenRange(range.from(), from.from()), level, visible);
    nested(new TokenRange(from.to(), range.to()), level, visible);
    TokenRange where = shape.clause(Clause.WHERE);
    if (where != null) {
      where(where, level);
      level.where(where);
    }
    return level;
  }

  /** Rows of a level matter only where its WHERE holds; those around it do whatever it says. */
  void where(TokenRange range, Level level) {
    new ConditionReader(tokens).read(range, level, level.uses()::contains);
  }

  /** Reads the queries in brackets inside the range. */
  void nested(TokenRange range, @Nullable Level level, Set<String> visible)
      throws NotProvableException {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.is(i, TokenKind.LEFT_PAREN) && query(i + 1)) {
        read(new TokenRange(i + 1, tokens.partner(i)), level, visible);
        i = tokens.partner(i);
      }
    }
  }
}
