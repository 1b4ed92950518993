package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;

/** Where the rows of a {@link CopyFeed} go: the servers that are in it, one of each shard. */
final class CopyOutlet implements CopyFeed.Outlet {
  private final ScatterGather whole;

  CopyOutlet(ScatterGather whole) {
    this.whole = whole;
  }

  @Override
  public int shards() {
    return whole.who().parts().size();
  }

  @Override
  public void send(int shard, ByteBuf bytes) {
    whole.who().parts().get(shard).server().send(bytes);
  }

  @Override
  public void fail(PgError error) {
    ByteBuf out = Unpooled.buffer(256);
    FrameWriter.error(out, error);
    whole.client().pass(out);
    whole.merger().failsElsewhere(null);
    whole.flush();
  }
}
