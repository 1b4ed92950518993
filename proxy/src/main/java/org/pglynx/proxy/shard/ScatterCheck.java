package org.pglynx.proxy.shard;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.StatementFacts;
import org.pglynx.proxy.sql.StatementReader;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Whether the rows that a query has on each shard, taken together in any order, are its result. So
 * it is for one SELECT whose sharded tables are all joined by their keys: each row of the result is
 * made of rows of one shard, and of rows that all have.
 */
final class ScatterCheck {
  /** Columns that each server fills in its own way. */
  static final Set<String> SERVERS_OWN = Set.of("tableoid", "ctid", "xmin", "xmax", "cmin", "cmax");

  /** What the grammar does with many rows, and is no call of a function. */
  private static final Set<String> OF_MANY_ROWS = Set.of("over", "json_arrayagg", "json_objectagg");

  private static final Set<Clause> SINGLE = Set.of(Clause.SET_OPERATION, Clause.WINDOW);

  private final SqlTokens tokens;
  private final TokenRange range;
  private final QueryReader reader;
  private boolean aggregates;

  ScatterCheck(SqlTokens tokens, TokenRange range, QueryReader reader) {
    this.tokens = tokens;
    this.range = range;
    this.reader = reader;
  }

  /** The query's outline, if each of its rows is made of rows of one shard. */
  SelectShape rows() throws NotProvableException {
    Level level = reader.top();
    SelectShape shape = SelectShape.of(tokens, range);
    if (level == null || shape == null || !tokens.word(range.from(), "select")) {
      throw new NotProvableException(
          "over several shards only one plain SELECT is served, with sharded tables in its own"
              + " FROM");
    }
    if (shape.has(Clause.FOR)) {
      throw new NotProvableException("FOR UPDATE and FOR SHARE lock rows of one shard only");
    }
    for (Clause each : SINGLE) {
      if (shape.has(each)) {
        throw new NotProvableException(
            each.name().replace('_', ' ') + " over several shards is not served yet");
      }
    }
    if (tokens.word(range.from() + 1, "distinct") && tokens.word(range.from() + 2, "on")) {
      throw new NotProvableException("DISTINCT ON over several shards is not served yet");
    }
    limits(shape);
    rowsOfOthers();
    String obstacle = content(level);
    if (obstacle != null) {
      throw new NotProvableException(obstacle);
    }
    return shape;
  }

  /** Whether it calls an aggregate. */
  boolean aggregates() {
    return aggregates;
  }

  /** How the rows of all shards become the result as they come, with the client's own text. */
  MergePlan plan(SelectShape shape, Level level) throws NotProvableException {
    TokenRange limit = shape.clause(Clause.LIMIT);
    for (int i = limit == null ? range.to() : limit.from() - 1; i < range.to(); i++) {
      if (tokens.word(i, "offset") || tokens.word(i, "fetch")) {
        throw new NotProvableException("OFFSET and FETCH are not merged as rows come");
      }
    }
    MergePlan plan = new MergePlanner(tokens, shape, level).plan();
    if (aggregates && !shape.has(Clause.GROUP) && !(plan instanceof MergePlan.Fold)) {
      throw new NotProvableException(
          "aggregates of all rows are served as columns of their own, without DISTINCT");
    }
    return plan;
  }

  /**
   * Which rows LIMIT leaves inside of the statement is by chance, and another one's on each shard.
   */
  private void limits(SelectShape shape) throws NotProvableException {
    TokenRange own = shape.clause(Clause.LIMIT);
    int end = own == null ? range.to() : own.from() - 1;
    for (int i = range.from(); i < end; i++) {
      if (tokens.word(i, "limit") || tokens.word(i, "offset") || tokens.word(i, "fetch")) {
        throw new NotProvableException(
            "OFFSET, FETCH and LIMIT inside are not served over several shards");
      }
    }
  }

  private void rowsOfOthers() throws NotProvableException {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.is(i, TokenKind.WORD)
          && !tokens.is(i - 1, TokenKind.DOT)
          && OF_MANY_ROWS.contains(tokens.identifier(i))) {
        throw new NotProvableException(
            tokens.identifier(i).toUpperCase(Locale.ROOT)
                + " over several shards is not served yet");
      }
    }
  }

  private @Nullable String content(Level level) {
    StatementFacts facts = StatementReader.read(tokens.slice(range.from(), range.to()));
    if (!facts.kind().reads()) {
      return "it does more than read";
    }
    for (String call : facts.calls()) {
      aggregates |= ScatterFunctions.AGGREGATES.contains(call);
      if (!ScatterFunctions.known(call, tokens, range)
          && !ScatterFunctions.AGGREGATES.contains(call)) {
        return "the function " + call + "() is not known to look at one row only";
      }
    }
    for (String name : facts.names()) {
      if (SERVERS_OWN.contains(name)) {
        return "the column " + name + " is each server's own";
      }
    }
    return tables(level);
  }

  private @Nullable String tables(Level level) {
    if (level.otherJoins() || level.isDerived() || level.leftJoins() && !level.leads()) {
      return "joins like these over several shards are not served yet";
    }
    List<TableUse> uses = level.uses();
    for (int i = 1; i < uses.size(); i++) {
      if (!joined(uses.get(i), uses.subList(0, i))) {
        return "\"" + uses.get(i).alias() + "\" is not joined by its key";
      }
    }
    return null;
  }

  /** Whether the table's rows that matter live where those of one before it do. */
  private static boolean joined(TableUse use, List<TableUse> before) {
    return before.stream().anyMatch(use::joins);
  }
}
