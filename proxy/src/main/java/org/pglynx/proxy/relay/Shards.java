package org.pglynx.proxy.relay;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/** The shards of a database, as one event loop sees them. */
public interface Shards {
  /** How many there are; they are counted from 0. */
  int count();

  /** The servers of a shard; always the same object. */
  UpstreamProvider shard(int number);

  /** A server of each shard at once, for statements that only read; always the same object. */
  UpstreamProvider together();

  /**
   * A server of each of these shards at once; equal objects for equal shards.
   *
   * @param numbers two at least
   */
  UpstreamProvider some(BitSet numbers);

  /**
   * Gives a transaction servers of further shards: what it gives is a {@link Spread} of those that
   * it has and those.
   *
   * @param present what the session has
   * @param source where it has that from
   * @param further whose servers are to be in it, too
   * @param history what has shaped the transaction so far
   */
  UpstreamProvider joining(
      Upstream present,
      @Nullable UpstreamProvider source,
      UpstreamProvider further,
      History history);

  /**
   * Commits the open transaction on all servers that are in it, or on none. The server is lent for
   * it; it is given back, in no transaction, when it has ended.
   *
   * @param asides gets notices and parameters
   */
  void commit(Upstream server, Downstream asides, CommitEnd end);

  /**
   * Commits a transaction that is open on a connection to each shard, on all or on none. They are
   * lent for it, and are to be lent back when it has ended.
   *
   * @param servers in the order of the shards, from the first on
   */
  void commitEach(List<Upstream> servers, EachEnd end);

  /** Hears how such a transaction has ended; on the loop. */
  interface EachEnd {
    /**
     * It has ended.
     *
     * @param committed whether all of it is there, or will be
     * @param notice the error, or a warning for one that is committed; or null
     * @param lost whose connections are gone
     */
    void ended(boolean committed, @Nullable PgError notice, Set<Integer> lost);
  }

  /**
   * Says with which portal the frame announced next has to do.
   *
   * @param limit how many rows Execute asks for at most; 0 for all
   * @param how the answers of several become one, for Bind
   */
  Merging portal(String name, int limit, @Nullable Merging how);

  /** A shard that is not chosen by any key: the one configured, or by chance. */
  int unchosen();

  /** A number that no other process and no earlier call gives: greater than all before. */
  long uniqueId();

  /**
   * The routes that are asked for next are of a statement that has asked before.
   *
   * @param since when it has asked first for what must be looked up, by {@link System#nanoTime}:
   *     what was looked up since then holds for it; 0 if it has not
   */
  void asks(long since);

  /** What has been said by {@link #asks}. */
  long asked();

  /**
   * Looks up what must be known before it is known where a statement goes.
   *
   * @param end hears of the end once, later and on the event loop: why it has failed, or null
   * @return by which it need not be known any longer; the end is not told then
   */
  Cancellable lookUp(Lookup what, Consumer<@Nullable PgError> end);

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
