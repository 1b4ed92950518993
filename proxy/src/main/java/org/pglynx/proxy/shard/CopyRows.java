package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.wire.PgErrorException;

/** Cuts the data of a COPY, which comes in pieces of any length, into rows. */
interface CopyRows {
  /** The next piece; not to be kept. */
  void feed(ByteBuf piece) throws PgErrorException;

  /** There is no more. */
  void end() throws PgErrorException;
}
