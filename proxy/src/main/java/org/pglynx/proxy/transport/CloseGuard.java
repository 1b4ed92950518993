package org.pglynx.proxy.transport;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;

/**
 * Lets an io_uring channel ask for no more reads once it is to be closed.
 *
 * <p>Netty 4.2.18 closes such a channel later if a write is under way, and cancels its polls at
 * once. If the close comes while a read is handled, the end of that handling arms a new poll, which
 * nobody cancels: it holds the socket open behind the close of its file descriptor. The peer is
 * never told of the end, and an event loop that ends waits for the poll for ever
 * (AbstractIoUringChannel.readComplete, doBeginReadNow; seen with its trace log, CloseGuardTest).
 */
public final class CloseGuard extends ChannelOutboundHandlerAdapter {
  private static final String NAME = "close-guard";

  private boolean closing;

  private CloseGuard() {}

  /** Guards a channel whose pipeline is empty as yet. */
  static void first(ChannelPipeline pipeline) {
    pipeline.addFirst(NAME, new CloseGuard());
  }

  /** Adds a handler that is to see the bytes as they are on the wire: behind a guard, if any. */
  public static void addBehind(ChannelPipeline pipeline, String name, ChannelHandler handler) {
    if (pipeline.get(NAME) == null) {
      pipeline.addFirst(name, handler);
    } else {
      pipeline.addAfter(NAME, name, handler);
    }
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    closing = true;
    context.channel().config().setAutoRead(false);
    context.close(promise);
  }

  @Override
  public void read(ChannelHandlerContext context) {
    if (!closing) {
      context.read();
    }
  }
}
