package org.pglynx.proxy.shard;

import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.CursorUse;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Where a statement about a cursor may run. */
sealed interface CursorPlan extends Plan {
  /**
   * DECLARE: where its query goes.
   *
   * @param query of which the rows are
   * @param declaration what is declared
   * @param binary whether it is declared to give binary values
   */
  record Declared(Plan query, Declaration declaration, boolean binary) implements CursorPlan {
    private static final PgError BINARY =
        PgError.error(
                SqlState.FEATURE_NOT_SUPPORTED, "BINARY cursors are not served over several shards")
            .withHint("Leave it out, and ask for binary values when binding FETCH.");

    @Override
    public boolean needsArguments() {
      return query.needsArguments();
    }

    @Override
    public ShardRoute anywhere(Shards shards) {
      return query.anywhere(shards);
    }

    @Override
    public CursorUse cursor() {
      return new CursorUse(
          declaration.name(), declaration.hold() ? CursorUse.Kind.HOLDS : CursorUse.Kind.DECLARES);
    }

    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      ShardRoute route = query.route(arguments, types, shards);
      if (!(route instanceof ShardRoute.To to) || !(to.how() instanceof GatherRun run)) {
        return route;
      }
      return binary
          ? new ShardRoute.Refused(BINARY)
          : new ShardRoute.To(to.servers(), run.declaring(declaration));
    }
  }

  /**
   * FETCH, MOVE or CLOSE: where the cursor is.
   *
   * @param move what it does
   * @param sql its text
   */
  record Used(CursorMove move, String sql) implements CursorPlan {
    @Override
    public CursorUse cursor() {
      return new CursorUse(move.name(), CursorUse.Kind.USES);
    }

    @Override
    public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
      return move.closes() ? ShardRoute.STAY : ShardRoute.ANYWHERE;
    }

    @Override
    public ShardRoute at(UpstreamProvider servers, Arguments arguments) {
      return servers instanceof ScatterProvider
          ? new ShardRoute.To(servers, new CursorRun(move, sql, arguments.resultFormats()))
          : new ShardRoute.To(servers);
    }
  }
}
