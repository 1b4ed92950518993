package org.pglynx.proxy.shard;

import java.util.List;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Advisory locks: each server has its own, so that two sessions exclude each other only if both ask
 * the same one. All of them are asked of the first shard, in a transaction of further shards too.
 */
final class AdvisoryLocks {
  /** Why a statement that reads tables takes none. */
  static final String APART =
      "advisory locks are those of the first shard, and it is about rows of others (lock by a"
          + " statement of its own: SELECT pg_advisory_lock(key))";

  private static final String MARK = "_advisory_";

  private static final ShardedTable PLACE =
      new ShardedTable("advisory locks", List.of(), List.of(), new ShardFunction.Fixed(0));

  private AdvisoryLocks() {}

  /** Whether the statement calls one of their functions. */
  static boolean taken(SqlTokens tokens, TokenRange range) {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.name(i)
          && tokens.is(i + 1, TokenKind.LEFT_PAREN)
          && tokens.identifier(i).startsWith("pg_")
          && tokens.identifier(i).contains(MARK)) {
        return true;
      }
    }
    return false;
  }

  /** The plan of one that reads no sharded table. */
  static Plan plan(SqlTokens tokens) {
    return new Plan.Keyed(
        tokens,
        List.of(TableUse.of(PLACE, PLACE.name())),
        false,
        Togetherness.of(Together.not(APART)));
  }
}
