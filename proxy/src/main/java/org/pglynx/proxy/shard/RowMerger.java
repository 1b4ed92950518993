package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.wire.PgErrorException;

/** Makes the rows of one answer of those of several. */
sealed interface RowMerger permits OrderedRows, FoldedRow, FirstRows, SequencedRows, CopiedRows {
  /**
   * A row of a shard.
   *
   * @param out where rows of the result go that are known by it
   * @return false if it is not wanted yet
   */
  boolean row(int shard, ByteBuf buffer, int offset, int length, ByteBuf out)
      throws PgErrorException;

  /** A shard has no more rows. */
  void ended(int shard, ByteBuf out) throws PgErrorException;

  /** How many rows the result has, when all have ended. */
  long rows();
}
