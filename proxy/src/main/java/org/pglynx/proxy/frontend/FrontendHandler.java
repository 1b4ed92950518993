package org.pglynx.proxy.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.session.ClientDoor;
import org.pglynx.proxy.session.ClientEnd;
import org.pglynx.proxy.session.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates Netty's events of a client connection for its present stage; decides nothing. */
final class FrontendHandler extends ChannelInboundHandlerAdapter implements ClientEnd {
  private static final Logger LOG = LoggerFactory.getLogger(FrontendHandler.class);

  private final ClientDoor door;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Stage stage;
  private boolean reading = true;

  FrontendHandler(ClientDoor door) {
    this.door = door;
  }

  private Channel channel() {
    ChannelHandlerContext active = context;
    if (active == null) {
      throw new IllegalStateException("not connected yet");
    }
    return active.channel();
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    context = active;
    stage = door.open(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ignored, Object message) {
    Stage present = stage;
    if (present == null) {
      ((ByteBuf) message).release();
    } else {
      present.onRead((ByteBuf) message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ignored) {
    Stage present = stage;
    if (present != null) {
      present.onReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ignored) {
    Stage present = stage;
    if (present != null) {
      present.onWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ignored) {
    door.registry().disconnected(this);
    if (door.log().clientDisconnections()) {
      LOG.info("disconnect: client={}", remoteAddress());
    }
    Stage present = stage;
    stage = null;
    if (present != null) {
      present.onClosed();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext active, Throwable cause) {
    if (!(cause instanceof java.io.IOException)) {
      LOG.error("a client connection failed: client={}", remoteAddress(), cause);
    }
    active.close();
  }

  @Override
  public void write(ByteBuf frames) {
    channel().write(frames, channel().voidPromise());
  }

  @Override
  public void flush() {
    channel().flush();
  }

  @Override
  public boolean writable() {
    return channel().isWritable();
  }

  @Override
  public void reading(boolean on) {
    if (on != reading) {
      reading = on;
      channel().config().setAutoRead(on);
    }
  }

  @Override
  public void close() {
    channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void become(Stage next) {
    stage = next;
  }

  @Override
  public ScheduledExecutorService loop() {
    return channel().eventLoop();
  }

  @Override
  public boolean onLoop() {
    return channel().eventLoop().inEventLoop();
  }

  @Override
  public ByteBufAllocator allocator() {
    return channel().alloc();
  }

  @Override
  public String remoteAddress() {
    return String.valueOf(channel().remoteAddress());
  }

  @Override
  public Origin origin() {
    return channel().remoteAddress() instanceof InetSocketAddress remote
        ? Origin.tcp(remote.getAddress())
        : Origin.local(null);
  }
}
