package org.pglynx.proxy.transport;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.RecvByteBufAllocator;

/**
 * How much of an event loop's turn one connection may take: a single read of at most 32 KB, which
 * is passed on and flushed before the loop looks at the next connection. Netty's default, sixteen
 * reads of 64 KB, lets one client's COPY hold the loop for half a millisecond again and again, and
 * keeps a megabyte in memory.
 *
 * <p>The size is measured (docs/adr/0170-one-read-a-turn.md): with 16 KB the CPU of a large COPY
 * rises by a third, with 64 KB the median of the others' queries does; with 32 KB neither.
 */
final class ReadTurn {
  static final int MOST_BYTES = 32 << 10;

  /** What Netty begins with: most messages are small, and memory is taken for what is read. */
  private static final int FIRST_BYTES = 2 << 10;

  private static final int FEWEST_BYTES = 64;

  /** Of all connections: each makes a handle of its own, which asks this again at each read. */
  private static final RecvByteBufAllocator BUFFERS =
      new AdaptiveRecvByteBufAllocator(FEWEST_BYTES, FIRST_BYTES, MOST_BYTES).maxMessagesPerRead(1);

  private ReadTurn() {}

  /** Limits the reads of a connection that has not read yet. */
  static void limit(Channel connection) {
    connection.config().setRecvByteBufAllocator(BUFFERS);
  }
}
