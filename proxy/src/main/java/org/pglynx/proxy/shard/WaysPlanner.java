package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Finds the ways in which a query can be answered by all shards, the cheapest first: the client's
 * own text with its rows as they come or merged; groups or first rows of each shard, of which one
 * server makes the result; or the rows of the tables, on which one server runs the query itself.
 */
final class WaysPlanner {
  private final SqlTokens tokens;
  private final TokenRange range;
  private final QueryReader reader;
  private final boolean streams;
  private final long memory;
  private final List<Way> ways = new ArrayList<>();

  /**
   * For a query.
   *
   * @param streams whether its rows may be merged as they come
   * @param memory how many bytes may be collected
   */
  WaysPlanner(
      SqlTokens tokens, TokenRange range, QueryReader reader, boolean streams, long memory) {
    this.streams = streams;
    this.tokens = tokens;
    this.range = range;
    this.reader = reader;
    this.memory = memory;
  }

  Together plan() {
    String obstacle = "";
    try {
      ScatterCheck check = new ScatterCheck(tokens, range, reader);
      SelectShape shape = check.rows();
      Level level = reader.top();
      if (level != null && streams && streamed(check, shape, level) instanceof MergePlan.Concat) {
        return found();
      }
      if (level != null) {
        collected(check, shape, level);
      }
    } catch (NotProvableException e) {
      obstacle = e.reason();
    }
    try {
      ways.add(new RowsPlanner(tokens, range, reader).plan());
    } catch (NotProvableException e) {
      obstacle = obstacle.isEmpty() ? e.reason() : obstacle + "; " + e.reason();
    }
    return ways.isEmpty() ? Together.not(obstacle) : found();
  }

  private Together found() {
    return new Together(new GatherPlan(tokens.slice(range.from(), range.to()), ways, memory), "");
  }

  private @Nullable MergePlan streamed(ScatterCheck check, SelectShape shape, Level level) {
    try {
      MergePlan plan = check.plan(shape, level);
      ways.add(new Way.Streamed(plan));
      return plan;
    } catch (NotProvableException e) {
      // One of the other ways, then.
      return null;
    }
  }

  private void collected(ScatterCheck check, SelectShape shape, Level level) {
    SelectParts parts = new SelectParts(tokens, range, shape);
    boolean whole = check.aggregates() && !shape.has(Clause.GROUP) || shape.has(Clause.HAVING);
    try {
      boolean local = new MergePlanner(tokens, shape, level).local();
      boolean rows = local && (shape.has(Clause.GROUP) || !whole);
      ways.add(
          rows
              ? new SortPlanner(tokens, parts).plan()
              : new GroupPlanner(tokens, parts, level, check.aggregates()).plan());
    } catch (NotProvableException e) {
      // The rows of the tables, then.
      return;
    }
  }
}
