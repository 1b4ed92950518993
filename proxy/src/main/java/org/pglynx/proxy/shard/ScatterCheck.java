package org.pglynx.proxy.shard;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.StatementFacts;
import org.pglynx.proxy.sql.StatementReader;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Whether the rows that a query has on each shard, taken together in any order, are its result. So
 * it is for one SELECT whose sharded tables are all joined by their keys: each row of the result is
 * made of rows of one shard, and of rows that all have.
 */
final class ScatterCheck {
  /** Columns that each server fills in its own way. */
  private static final Set<String> SERVERS_OWN =
      Set.of("tableoid", "ctid", "xmin", "xmax", "cmin", "cmax");

  private static final Set<Clause> SINGLE =
      Set.of(Clause.SET_OPERATION, Clause.GROUP, Clause.HAVING, Clause.WINDOW, Clause.FOR);

  private final SqlTokens tokens;
  private final TokenRange range;
  private final QueryReader reader;

  ScatterCheck(SqlTokens tokens, TokenRange range, QueryReader reader) {
    this.tokens = tokens;
    this.range = range;
    this.reader = reader;
  }

  /** What is in the way; null if nothing is. */
  @Nullable String obstacle() {
    Level level = reader.top();
    SelectShape shape = SelectShape.of(tokens, range);
    if (level == null || shape == null || !tokens.word(range.from(), "select")) {
      return "over several shards only one plain SELECT is served, with sharded tables in its"
          + " own FROM";
    }
    String clause = clause(shape);
    return clause == null ? content(level) : clause;
  }

  private @Nullable String clause(SelectShape shape) {
    if (shape.distinct()) {
      return "DISTINCT over several shards is not served yet";
    }
    for (Clause each : SINGLE) {
      if (shape.has(each)) {
        return each.name().replace('_', ' ') + " over several shards is not served yet";
      }
    }
    if (shape.has(Clause.ORDER)) {
      return "ORDER BY over several shards is not served yet";
    }
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.word(i, "limit") || tokens.word(i, "offset") || tokens.word(i, "fetch")) {
        return "LIMIT, OFFSET and FETCH over several shards are not served yet";
      }
    }
    return null;
  }

  private @Nullable String content(Level level) {
    StatementFacts facts = StatementReader.read(tokens.slice(range.from(), range.to()));
    if (!facts.kind().reads()) {
      return "it does more than read";
    }
    for (String call : facts.calls()) {
      if (!ScatterFunctions.KNOWN.contains(call)) {
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
