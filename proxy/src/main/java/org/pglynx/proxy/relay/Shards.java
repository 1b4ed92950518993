package org.pglynx.proxy.relay;

import org.pglynx.proxy.wire.PgErrorException;

/** The shards of a database, as one event loop sees them. */
public interface Shards {
  /** How many there are; they are counted from 0. */
  int count();

  /** The servers of a shard; always the same object. */
  UpstreamProvider shard(int number);

  /** A server of each shard at once, for statements that only read; always the same object. */
  UpstreamProvider together();

  /** A shard that is not chosen by any key: the one configured, or by chance. */
  int unchosen();

  /** What is known of the text of a Query or Parse. */
  ShardedStatement statement(String sql);

  /**
   * The shard of a key that the client names without a table.
   *
   * @param key the value in text form
   * @throws PgErrorException if it is no key, or the tables do not agree about its shard
   */
  int shardOf(String key) throws PgErrorException;
}
