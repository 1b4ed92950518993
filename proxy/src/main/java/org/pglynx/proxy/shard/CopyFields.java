package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgErrorException;

/** Gets the rows that the data of a COPY consists of. */
interface CopyFields {
  /**
   * What is not of one row: a header, or a trailer.
   *
   * @param bytes whole; not to be kept
   */
  void common(ByteBuf bytes) throws PgErrorException;

  /**
   * A row.
   *
   * @param key its values of the columns of the key, in the layout's own form but without quotes
   *     and escapes; null for NULL
   * @param line where it stands, counted from 1
   * @param bytes all of it; not to be kept
   */
  void row(byte[] @Nullable [] key, long line, ByteBuf bytes) throws PgErrorException;
}
