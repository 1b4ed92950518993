package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;

/** What a client that has logged in is sent, and what is counted of it. */
final class ClientReplies {
  private final ClientEnd client;
  private final SessionCounters counts;
  private final PoolCounters pool;

  ClientReplies(ClientEnd client, SessionCounters counts, PoolCounters pool) {
    this.client = client;
    this.counts = counts;
    this.pool = pool;
  }

  /** Frames of a server; owns the buffer. */
  void fromServer(ByteBuf run) {
    pool.fromServer(run.readableBytes());
    client.write(run);
  }

  /** An error of the proxy's own, or one that it tells in the server's place. */
  void error(PgError error) {
    counts.error();
    pool.error();
    ByteBuf out = client.allocator().buffer(256);
    FrameWriter.error(out, error);
    client.write(out);
  }
}
