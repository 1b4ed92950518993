package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ClientEncoding;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * A transform for a client whose encoding is not UTF-8, which is told so why a row cannot be
 * transformed.
 */
record EncodedErrors(RowRewrite.RowTransform inner, ClientEncoding encoding)
    implements RowRewrite.RowTransform {
  @Override
  public void rows(ByteBuf in, ByteBuf out) throws PgErrorException {
    try {
      inner.rows(in, out);
    } catch (PgErrorException e) {
      throw encoding.told(e.error()).toException();
    }
  }

  @Override
  public RowRewrite.@Nullable OneQuery query() {
    return inner.query();
  }

  @Override
  public void finish(ByteBuf complete, ByteBuf out) {
    inner.finish(complete, out);
  }

  @Override
  public boolean collects() {
    return inner.collects();
  }

  @Override
  public void limit(int rows) {
    inner.limit(rows);
  }

  @Override
  public boolean suspended() {
    return inner.suspended();
  }

  @Override
  public void fetch(int rows, ByteBuf out) {
    inner.fetch(rows, out);
  }
}
