package org.pglynx.proxy.relay;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/** Where one execution of a statement goes, of a database of several shards. */
public sealed interface ShardRoute {
  /** See {@link Stay}. */
  ShardRoute STAY = new Stay();

  /**
   * To one shard, or to several at once.
   *
   * @param how the answers of several become one; null for one shard
   */
  record To(UpstreamProvider servers, @Nullable Merging how) implements ShardRoute {
    /** To one shard. */
    public To(UpstreamProvider shard) {
      this(shard, null);
    }
  }

  /**
   * Wherever the session is: the statement is about the session or its transaction, or uses nothing
   * that only one shard has.
   */
  record Stay() implements ShardRoute {}

  /** Nowhere: it cannot be run, or not so that the answer would be right. */
  record Refused(PgError error) implements ShardRoute {}
}
