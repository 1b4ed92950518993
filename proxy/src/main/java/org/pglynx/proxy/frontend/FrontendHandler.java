package org.pglynx.proxy.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.session.ClientDoor;
import org.pglynx.proxy.session.ClientEnd;
import org.pglynx.proxy.session.ClientTls;
import org.pglynx.proxy.session.Origin;
import org.pglynx.proxy.stats.Socket;
import org.pglynx.proxy.transport.ConnectionNames;
import org.pglynx.proxy.transport.TlsAcceptor;
import org.pglynx.proxy.transport.UnixSockets;
import org.pglynx.proxy.transport.WayOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates Netty's events of a client connection for its present stage; decides nothing. */
final class FrontendHandler extends ChannelInboundHandlerAdapter implements ClientEnd {
  private static final Logger LOG = LoggerFactory.getLogger(FrontendHandler.class);

  /** How long a client may take to notice that it is not wanted any more. */
  private static final long PARTING_MILLIS = 1000;

  private final ClientDoor door;
  private final ClientEncryption encryption;
  private final @Nullable Origin spokenFor;
  private @Nullable Channel channel;
  private WayOut out = WayOut.STRAIGHT;
  private @Nullable Stage stage;
  private @Nullable ScheduledFuture<?> parting;
  private boolean reading = true;
  private boolean fresh = true;

  /**
   * @param tls with those that want it; null if nobody gets it
   * @param spokenFor who is at the other end's other end; null if the other end speaks for itself
   */
  FrontendHandler(ClientDoor door, @Nullable TlsAcceptor tls, @Nullable Origin spokenFor) {
    this.door = door;
    this.spokenFor = spokenFor;
    this.encryption = new ClientEncryption(tls);
  }

  private Channel channel() {
    Channel active = channel;
    if (active == null) {
      throw new IllegalStateException("not connected yet");
    }
    return active;
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    channel = active.channel();
    stage = door.open(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext active, Object message) {
    Stage present = stage;
    if (fresh) {
      fresh = false;
      if (ClientEncryption.isHandshake((ByteBuf) message)) {
        if (present == null || !present.takesHandshake()) {
          ((ByteBuf) message).release();
          active.close();
          return;
        }
        out = WayOut.PIPELINE;
        encryption.direct(active, (ByteBuf) message);
        return;
      }
    }
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
  public void userEventTriggered(ChannelHandlerContext active, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      encryption.completed(active, handshake);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ignored) {
    door.registry().disconnected(this);
    if (door.log().clientDisconnections()) {
      LOG.info("disconnect: client={}", remoteAddress());
    }
    forget(parting);
    Stage present = stage;
    stage = null;
    if (present != null) {
      present.onClosed();
    }
  }

  /** A timer that stays would keep all that belongs to the client, and make it old garbage. */
  private static void forget(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext active, Throwable cause) {
    if (!(cause instanceof java.io.IOException) && !encryption.explains(cause)) {
      LOG.error("a client connection failed: client={}", remoteAddress(), cause);
    }
    active.close();
  }

  @Override
  public void write(ByteBuf frames) {
    out.write(channel(), frames);
  }

  @Override
  public void flush() {
    out.flush(channel());
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
    onceWritten(this::part);
  }

  @Override
  public void hangUp() {
    // As Postgres does behind Terminate. Half a close and the wait for the other half, as part()
    // has it, would be two system calls, a read and a timer more for each client.
    onceWritten(() -> channel().close());
  }

  private void onceWritten(Runnable then) {
    if (tls() == null && drained()) {
      then.run();
    } else {
      channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> then.run());
    }
  }

  /** Whether the kernel has all that was written; an empty write would be a system call. */
  private boolean drained() {
    ChannelOutboundBuffer waiting = channel().unsafe().outboundBuffer();
    return waiting == null || waiting.totalPendingWriteBytes() == 0;
  }

  /**
   * A socket closed while the client's bytes still come answers them with a reset, which takes from
   * the client what it has not read yet: the error that tells it why. So the own half is closed
   * first, and what still comes is read until the client has closed, for a moment. Not under TLS,
   * where the alert has to go out.
   */
  private void part() {
    Channel leaving = channel();
    if (!(leaving instanceof DuplexChannel duplex) || tls() != null || !leaving.isActive()) {
      leaving.close();
      return;
    }
    reading(true);
    duplex.shutdownOutput();
    parting =
        leaving.eventLoop().schedule(() -> leaving.close(), PARTING_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void become(Stage next) {
    stage = next;
  }

  @Override
  public boolean offersTls() {
    return encryption.offered(channel());
  }

  @Override
  public void startTls() {
    out = WayOut.PIPELINE;
    encryption.begin(channel());
  }

  @Override
  public @Nullable ClientTls tls() {
    return encryption.facts();
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
    if (!UnixSockets.is(channel())) {
      return String.valueOf(channel().remoteAddress());
    }
    PeerCredentials peer = UnixSockets.peer(channel());
    return peer == null ? "unix" : "unix(" + peer.pid() + ")";
  }

  @Override
  public Socket socket() {
    return ConnectionNames.of(channel);
  }

  @Override
  public Origin origin() {
    if (spokenFor != null) {
      return spokenFor;
    }
    if (channel().remoteAddress() instanceof InetSocketAddress remote) {
      ClientTls tls = encryption.facts();
      return tls == null
          ? Origin.tcp(remote.getAddress())
          : Origin.encrypted(remote.getAddress(), tls.certificate());
    }
    PeerCredentials peer = UnixSockets.peer(channel());
    return Origin.local(peer == null ? null : new Origin.Peer(peer.uid(), peer.pid()));
  }
}
