package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Merging;

/**
 * One EXPLAIN of a statement on several shards.
 *
 * @param query how the statement would be answered; null if each shard runs its text as it is
 * @param sql the statement
 * @param arguments what is bound to its parameters
 * @param types their types as the client declared them
 * @param words EXPLAIN with its options
 * @param format of the result
 */
record ExplainRun(
    @Nullable GatherRun query,
    String sql,
    Arguments arguments,
    int[] types,
    String words,
    ExplainFormat format)
    implements Merging {
  @Override
  public boolean widens() {
    return query != null;
  }
}
