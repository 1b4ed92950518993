package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Reads INSERT, UPDATE and DELETE: each must have all its rows on one shard. */
final class WriteReader {
  static final Togetherness ONE =
      Togetherness.of(Together.not("it is not one that is split by its rows"));

  /** What may follow the table of an INSERT. */
  private static final String[] SOURCES = {
    "values", "default", "select", "overriding", "with", "table"
  };

  private final SqlTokens tokens;
  private final QueryReader reader;
  private final Set<String> commonTables;
  private String schema = "";
  private String name = "";

  WriteReader(SqlTokens tokens, QueryReader reader) {
    this(tokens, reader, Set.of());
  }

  /**
   * Of a statement.
   *
   * @param commonTables names of WITH around it
   */
  WriteReader(SqlTokens tokens, QueryReader reader, Set<String> commonTables) {
    this.tokens = tokens;
    this.reader = reader;
    this.commonTables = commonTables;
  }

  // ---- the table -----------------------------------------------------------------------------

  /** Reads the table's name; gives the token behind it. */
  private int table(int from, int to) throws NotProvableException {
    if (!tokens.name(from) || tokens.word(from, "only")) {
      throw reader.unclear(from, to);
    }
    int at = from;
    schema = "";
    while (tokens.is(at + 1, TokenKind.DOT) && tokens.name(at + 2)) {
      schema = tokens.identifier(at);
      at += 2;
    }
    name = tokens.identifier(at);
    return at + 1;
  }

  /** The table if it is sharded; null if it is a reference table. */
  private @Nullable ShardedTable sharded() throws NotProvableException {
    return switch (reader.kind(schema, name)) {
      case TableRules.Kind.Sharded sharded -> sharded.table();
      case TableRules.Kind.Reference reference -> null;
      case TableRules.Kind.Catalog catalog ->
          throw new NotProvableException("\"" + name + "\" is a catalog");
      case TableRules.Kind.Unknown unknown -> throw new IllegalStateException();
      case TableRules.Kind.Unclear unclear -> throw new IllegalStateException();
    };
  }

  /** Reads an alias before one of the words; gives the token behind it. */
  private int alias(int from, String... words) {
    int at = tokens.word(from, "as") ? from + 1 : from;
    boolean plain = at > from;
    for (String word : words) {
      if (!plain && tokens.word(at, word)) {
        return from;
      }
    }
    if (!tokens.name(at)) {
      return from;
    }
    name = tokens.identifier(at);
    return at + 1;
  }

  // ---- INSERT --------------------------------------------------------------------------------

  Plan insert(TokenRange range) throws NotProvableException {
    if (!tokens.word(range.from() + 1, "into")) {
      throw reader.unclear(range.from(), range.to());
    }
    int at = table(range.from() + 2, range.to());
    ShardedTable table = sharded();
    if (table == null) {
      int content = alias(at, SOURCES);
      source(new TokenRange(content, range.to()));
      return everywhere(range, new TokenRange(content, range.to()));
    }
    at = alias(at, SOURCES);
    if (table.columns().isEmpty()) {
      return wherever(table, new TokenRange(at, range.to()));
    }
    if (!tokens.is(at, TokenKind.LEFT_PAREN)) {
      throw new NotProvableException(
          "INSERT into the sharded table \"%s\" must list its columns: INSERT INTO %s (%s, ...)"
              .formatted(table.name(), table.name(), String.join(", ", table.columns())));
    }
    int close = tokens.partner(at);
    int[] places = places(table, at + 1, close);
    if (!tokens.word(close + 1, "values")) {
      return ofQuery(range, close + 1, table, places);
    }
    List<TableUse> rows = new ArrayList<>();
    List<TokenRange> ranges = new ArrayList<>();
    int end = rows(close + 2, range.to(), table, places, rows, ranges);
    behind(new TokenRange(end, range.to()), table);
    reader.nested(new TokenRange(close + 1, range.to()), null, commonTables);
    List<TableUse> keys = List.copyOf(rows);
    rows.addAll(reader.uses());
    Plan.Keyed whole = new Plan.Keyed(tokens, rows, true, ONE);
    return ranges.size() < 2 || !reader.uses().isEmpty() || !alone(range)
        ? whole
        : new SplitInsert(
            whole,
            tokens,
            range,
            ranges,
            keys,
            new WriteCheck(tokens, range, close, reader).returning());
  }

  /** Rows of a table without a key: all live on its shard, and what they are made of must, too. */
  private Plan wherever(ShardedTable table, TokenRange content) throws NotProvableException {
    source(content);
    List<TableUse> uses = new ArrayList<>();
    uses.add(TableUse.of(table, name));
    uses.addAll(reader.uses());
    String elsewhere =
        "\"%s\" is on one of them only (read the rows first, and insert them by VALUES or COPY)"
            .formatted(table.name());
    return new Plan.Keyed(tokens, uses, true, Togetherness.of(Together.not(elsewhere)));
  }

  /** Reads what rows are inserted, and what is behind them. */
  private void source(TokenRange content) throws NotProvableException {
    int from = content.from();
    if (tokens.is(from, TokenKind.LEFT_PAREN) && !reader.query(from)) {
      from = tokens.partner(from) + 1;
    }
    if (tokens.word(from, "overriding")) {
      from += 3;
    }
    if (tokens.word(from, "values") || tokens.word(from, "default") || !reader.query(from)) {
      reader.nested(content, null, commonTables);
      return;
    }
    int end = endOfQuery(from, content.to());
    reader.read(new TokenRange(from, end), null, commonTables);
    reader.nested(new TokenRange(end, content.to()), null, commonTables);
  }

  /** Where RETURNING or ON CONFLICT begins behind a query. */
  private int endOfQuery(int from, int to) {
    int end = from;
    while (end < to
        && !tokens.word(end, "returning")
        && !(tokens.word(end, "on") && tokens.word(end + 1, "conflict"))) {
      end = tokens.skip(end);
    }
    return Math.min(end, to);
  }

  private Plan ofQuery(TokenRange range, int from, ShardedTable table, int[] places)
      throws NotProvableException {
    int end = endOfQuery(from, range.to());
    behind(new TokenRange(end, range.to()), table);
    return new InsertQuery(tokens, reader, table, commonTables)
        .plan(range, new TokenRange(from, end), places);
  }

  /** Whether the statement is all of its text. */
  private boolean alone(TokenRange range) {
    return range.from() == 0 && range.to() >= tokens.size() - 1;
  }

  /** A write to a reference table, of which each shard has all rows. */
  private Plan everywhere(TokenRange range, TokenRange content) throws NotProvableException {
    WriteCheck check = new WriteCheck(tokens, range, content.from(), reader);
    String obstacle = check.ofReference();
    if (obstacle != null) {
      throw new NotProvableException("\"" + name + "\" is a reference table, and " + obstacle);
    }
    return new Plan.Everywhere(check.returning());
  }

  /** Where the key's columns stand in the list. */
  private int[] places(ShardedTable table, int from, int to) throws NotProvableException {
    List<TokenRange> columns = tokens.commaSeparated(from, to);
    int[] places = new int[table.columns().size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = -1;
      for (int c = 0; c < columns.size(); c++) {
        TokenRange column = columns.get(c);
        if (column.size() == 1 && tokens.names(column.from(), table.columns().get(i))) {
          places[i] = c;
        }
      }
      if (places[i] < 0) {
        throw new NotProvableException(
            "the key column \"" + table.columns().get(i) + "\" is given no value");
      }
    }
    return places;
  }

  private int rows(
      int from,
      int to,
      ShardedTable table,
      int[] places,
      List<TableUse> rows,
      List<TokenRange> ranges)
      throws NotProvableException {
    TermReader terms = new TermReader(tokens);
    int at = from;
    while (true) {
      if (!tokens.is(at, TokenKind.LEFT_PAREN)) {
        throw reader.unclear(at, to);
      }
      int close = tokens.partner(at);
      List<TokenRange> values = tokens.commaSeparated(at + 1, close);
      TableUse row = TableUse.of(table, name);
      for (int i = 0; i < places.length; i++) {
        KeyTerm term =
            places[i] < values.size()
                ? terms.term(values.get(places[i]), table.types().get(i))
                : null;
        if (term == null) {
          throw new NotProvableException(
              "the value of the key column \""
                  + table.columns().get(i)
                  + "\" is neither a plain literal nor a parameter"
                  + (unique(values, places[i])
                      ? " (of a new row, ask for it first: SELECT pglynx.unique_id())"
                      : ""));
        }
        row.key()[i].among(List.of(term));
      }
      rows.add(row);
      ranges.add(new TokenRange(at, close + 1));
      if (!tokens.is(close + 1, TokenKind.COMMA)) {
        return close + 1;
      }
      at = close + 2;
    }
  }

  private boolean unique(List<TokenRange> values, int place) {
    return place < values.size()
        && IntStream.range(values.get(place).from(), values.get(place).to())
            .anyMatch(at -> tokens.name(at) && ScatterFunctions.uniqueId(tokens, at));
  }

  /** ON CONFLICT may not change a key either; RETURNING may say what it likes. */
  private void behind(TokenRange range, ShardedTable table) throws NotProvableException {
    if (range.isEmpty() || tokens.word(range.from(), "returning")) {
      return;
    }
    if (!tokens.word(range.from(), "on") || !tokens.word(range.from() + 1, "conflict")) {
      throw reader.unclear(range.from(), range.to());
    }
    for (int i = range.from(); i < range.to(); i = tokens.skip(i)) {
      if (tokens.word(i, "set")) {
        assignments(new TokenRange(i + 1, end(i + 1, range.to(), "where", "returning")), table);
        return;
      }
    }
  }

  /** The first of the words outside of brackets, or the end. */
  private int end(int from, int to, String... words) {
    for (int i = from; i < to; i = tokens.skip(i)) {
      for (String word : words) {
        if (tokens.word(i, word) && !tokens.is(i - 1, TokenKind.DOT)) {
          return i;
        }
      }
    }
    return to;
  }

  private void assignments(TokenRange range, ShardedTable table) throws NotProvableException {
    if (KeyAssignments.change(tokens, range, table)) {
      throw new NotProvableException("it changes the key of \"" + table.name() + "\"");
    }
  }

  // ---- UPDATE and DELETE ---------------------------------------------------------------------

  Plan update(TokenRange range) throws NotProvableException {
    int at = table(range.from() + 1, range.to());
    ShardedTable table = sharded();
    if (table == null) {
      TokenRange content = joined(range, at, "from");
      reader.nested(content, null, commonTables);
      return everywhere(range, content);
    }
    at = alias(at, "set");
    if (!tokens.word(at, "set")) {
      throw reader.unclear(at, range.to());
    }
    int end = end(at + 1, range.to(), "from", "where", "returning");
    TokenRange set = new TokenRange(at + 1, end);
    reader.nested(new TokenRange(at, end), null, commonTables);
    Plan.Keyed whole =
        rest(range, new TokenRange(end, range.to()), "from", TableUse.of(table, name));
    return KeyAssignments.change(tokens, set, table) ? moving(range, set, at, table, whole) : whole;
  }

  /**
   * An UPDATE of the key.
   *
   * @param set what is assigned
   * @param behind where the statement goes on behind the table and its alias
   */
  private Plan moving(
      TokenRange range, TokenRange set, int behind, ShardedTable table, Plan.Keyed whole) {
    KeyAssignments assigned = new KeyAssignments(tokens, table);
    assigned.read(set);
    int returning = end(set.to(), range.to(), "returning");
    boolean joins = tokens.word(set.to(), "from");
    boolean aliased = behind - 1 > range.from() + 1 && !tokens.is(behind - 2, TokenKind.DOT);
    int tableEnd = aliased ? behind - (tokens.word(behind - 2, "as") ? 2 : 1) : behind;
    MoveText text =
        new MoveText(
            tokens.text(),
            table,
            tokens.slice(range.from() + 1, tableEnd),
            tokens.slice(behind - 1),
            assigned.terms(),
            assigned.computed(),
            joins ? "" : tokens.slice(set.to(), returning),
            tokens.slice(returning, range.to()));
    String obstacle = joins ? "it joins other tables" : assigned.obstacle();
    obstacle = obstacle.isEmpty() ? queries(range, returning) : obstacle;
    obstacle = obstacle.isEmpty() ? whole.together().get().obstacle() : obstacle;
    obstacle = reader.moves() ? obstacle : "sharding_key_updates is \"refuse\"";
    return new KeyMove(whole, assigned.key(), text, obstacle, reader.mergeMemory());
  }

  /** What a text that is made of the statement's parts could not say. */
  private String queries(TokenRange range, int returning) {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.is(i, TokenKind.LEFT_PAREN) && reader.query(i + 1)) {
        return "it has a query inside";
      }
      boolean row = tokens.word(i, "old") || tokens.word(i, "new");
      if (i > returning && (row || tokens.word(i, "with"))) {
        return "RETURNING asks for old or new values";
      }
    }
    return range.from() == 0 && range.to() >= tokens.size() - 1 ? "" : "it does not come alone";
  }

  Plan delete(TokenRange range) throws NotProvableException {
    if (!tokens.word(range.from() + 1, "from")) {
      throw reader.unclear(range.from(), range.to());
    }
    int at = table(range.from() + 2, range.to());
    ShardedTable table = sharded();
    if (table == null) {
      TokenRange content = joined(range, at, "using");
      reader.nested(content, null, commonTables);
      return everywhere(range, content);
    }
    at = alias(at, "using", "where", "returning");
    return rest(range, new TokenRange(at, range.to()), "using", TableUse.of(table, name));
  }

  /** What is behind the table's name, if no other table is joined. */
  private TokenRange joined(TokenRange range, int at, String joins) throws NotProvableException {
    if (end(at, range.to(), joins) < range.to()) {
      throw new NotProvableException(
          "\"" + name + "\" is a reference table, and is joined with another");
    }
    return new TokenRange(at, range.to());
  }

  private Plan.Keyed rest(TokenRange statement, TokenRange range, String joins, TableUse target)
      throws NotProvableException {
    Level level = new Level(null);
    level.add(target);
    reader.uses(target);
    int at = range.from();
    if (tokens.word(at, joins)) {
      int end = end(at + 1, range.to(), "where", "returning");
      new FromReader(tokens, reader, level, commonTables).read(new TokenRange(at + 1, end));
      at = end;
    }
    int end = end(at, range.to(), "returning");
    if (tokens.word(at, "where") && tokens.word(at + 1, "current")) {
      throw new NotProvableException(
          "WHERE CURRENT OF is not served (name the row by its columns)");
    }
    if (tokens.word(at, "where")) {
      reader.nested(new TokenRange(at, end), level, commonTables);
      reader.where(new TokenRange(at + 1, end), level);
    } else if (at < end) {
      throw reader.unclear(at, range.to());
    }
    reader.nested(new TokenRange(end, range.to()), level, commonTables);
    return new Plan.Keyed(
        tokens,
        List.copyOf(reader.uses()),
        false,
        Togetherness.of(
            new WriteCheck(tokens, statement, statement.from() + 1, reader).ofSharded(level)));
  }
}
