package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * EXPLAIN: where its statement goes.
 *
 * @param statement what is explained
 * @param sql its text
 * @param words EXPLAIN with its options
 * @param format of the result
 * @param runs whether the statement is run, too
 */
record ExplainPlan(Plan statement, String sql, String words, ExplainFormat format, boolean runs)
    implements Plan {
  private static final PgError WRITES =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "EXPLAIN ANALYZE of what writes on several shards is not served")
          .withHint("Leave ANALYZE out, or choose a shard with SET SHARD TO n.");

  private static final PgError SPLIT =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "EXPLAIN of an INSERT of rows of several shards is not served")
          .withHint("Explain the INSERT of one row.");

  @Override
  public boolean needsArguments() {
    return statement.needsArguments();
  }

  @Override
  public ShardRoute anywhere(Shards shards) {
    return statement.anywhere(shards);
  }

  @Override
  public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
    ShardRoute route = statement.route(arguments, types, shards);
    Merging how = route instanceof ShardRoute.To to ? to.how() : null;
    if (!(route instanceof ShardRoute.To to) || how == null) {
      return route;
    }
    GatherRun query = how instanceof GatherRun run ? run : null;
    if (query == null && runs) {
      return new ShardRoute.Refused(WRITES);
    }
    if (how instanceof MergeRun run && run.split() != null) {
      return new ShardRoute.Refused(SPLIT);
    }
    return new ShardRoute.To(
        to.servers(), new ExplainRun(query, sql, arguments, types, words, format));
  }
}
