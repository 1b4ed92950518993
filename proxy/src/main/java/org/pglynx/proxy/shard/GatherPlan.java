package org.pglynx.proxy.shard;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a query is answered by several shards: in the first of some ways that fits the types of its
 * columns, which a server tells. Used by all threads.
 */
final class GatherPlan {
  /**
   * What a server has said of the query.
   *
   * @param declared the types that the client gave its parameters
   * @param parameters those that they have
   * @param columns types of the result's columns
   */
  record Shape(int[] declared, int[] parameters, int[] columns) {}

  private final String sql;
  private final List<Way> ways;
  private final long limit;
  private volatile @Nullable Shape known;

  /**
   * A plan.
   *
   * @param sql the query
   * @param ways the best first
   * @param limit how many bytes may be collected
   */
  GatherPlan(String sql, List<Way> ways, long limit) {
    this.sql = sql;
    this.limit = limit;
    this.ways = List.copyOf(ways);
  }

  /** The same with what one server makes of collected rows alone; perhaps without any way. */
  GatherPlan collecting() {
    return new GatherPlan(
        sql, ways.stream().filter(Way.Collected.class::isInstance).toList(), limit);
  }

  String sql() {
    return sql;
  }

  long limit() {
    return limit;
  }

  List<Way> ways() {
    return ways;
  }

  /** What was said of it before, with parameters of these types; null if nothing was. */
  @Nullable Shape known(int[] declared) {
    Shape shape = known;
    return shape != null && Arrays.equals(shape.declared(), declared) ? shape : null;
  }

  void learn(Shape shape) {
    known = shape;
  }

  /** What was said does not hold, or not for everybody. */
  void forget() {
    known = null;
  }

  /** Whether its rows are the result as they come. */
  boolean concatenates() {
    return !ways.isEmpty()
        && ways.getFirst() instanceof Way.Streamed streamed
        && streamed.plan() instanceof MergePlan.Concat;
  }

  /** How rows are merged as they come, if that is how it is done with columns of these types. */
  @Nullable MergePlan streamed(int[] columns) {
    return ways.getFirst() instanceof Way.Streamed streamed && streamed.plan().fits(columns)
        ? streamed.plan()
        : null;
  }
}
