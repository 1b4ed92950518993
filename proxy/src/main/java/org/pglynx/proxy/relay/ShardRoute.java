package org.pglynx.proxy.relay;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/** Where one execution of a statement goes, of a database of several shards. */
public sealed interface ShardRoute {
  /** Wherever the session is: the statement is about the session or its transaction. */
  ShardRoute STAY = new Stay(false);

  /** On whichever single shard: the statement uses nothing that only one shard has. */
  ShardRoute ANYWHERE = new Stay(true);

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
   * Wherever the session is.
   *
   * @param onOne but not on several shards at once, where it would run, and give its rows, once for
   *     each
   */
  record Stay(boolean onOne) implements ShardRoute {}

  /** Not known before something has been looked up; then it is asked for anew. */
  record Unknown(Lookup lookup) implements ShardRoute {}

  /** Nowhere: it cannot be run, or not so that the answer would be right. */
  record Refused(PgError error) implements ShardRoute {}
}
