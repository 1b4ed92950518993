package org.pglynx.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * How bytes leave a connection. Confined to its event loop.
 *
 * <p>Through a pipeline each write and each flush goes from handler to handler, although none of
 * them takes part in a connection without TLS. With a thousand clients the objects on that way are
 * in no cache when they are needed (docs/adr/0193-straight-to-the-transport.md).
 */
public enum WayOut {
  /** To the transport: for a pipeline in which no handler changes what is written. */
  STRAIGHT {
    @Override
    public void write(Channel channel, ByteBuf bytes) {
      Channel.Unsafe transport = channel.unsafe();
      transport.write(bytes, transport.voidPromise());
    }

    @Override
    public void flush(Channel channel) {
      channel.unsafe().flush();
    }
  },

  /** Through the handlers of the pipeline: TLS is one of them. */
  PIPELINE {
    @Override
    public void write(Channel channel, ByteBuf bytes) {
      channel.write(bytes, channel.voidPromise());
    }

    @Override
    public void flush(Channel channel) {
      channel.flush();
    }
  };

  /** Hands over bytes, and the ownership of their buffer; they go with the next flush. */
  public abstract void write(Channel channel, ByteBuf bytes);

  /** Sends what was written. */
  public abstract void flush(Channel channel);
}
