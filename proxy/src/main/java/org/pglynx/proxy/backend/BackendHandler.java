package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Translates Netty's events of a logged-in server connection; decides nothing. */
final class BackendHandler extends ChannelInboundHandlerAdapter {
  private final BackendConnection connection;

  BackendHandler(BackendConnection connection) {
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    connection.replies().onRead((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    connection.replies().onReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    connection.onWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    connection.onInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connection.onBroken(cause);
  }
}
