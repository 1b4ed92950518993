package org.pglynx.proxy.frontend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.session.ClientDoor;
import org.pglynx.proxy.transport.TlsAcceptor;
import org.pglynx.proxy.transport.Transport;

/** The listening socket. */
public final class Listener implements AutoCloseable {
  private static final int BACKLOG = 4096;

  private final Channel channel;

  private Listener(Channel channel) {
    this.channel = channel;
  }

  /**
   * Binds and listens.
   *
   * @param options of every accepted connection
   * @param tls with clients that want it; null if nobody gets it
   * @throws IOException if the address cannot be bound
   */
  public static Listener bind(
      Transport transport,
      InetSocketAddress address,
      Map<ChannelOption<Integer>, Integer> options,
      ClientDoor door,
      @Nullable TlsAcceptor tls)
      throws IOException {
    ServerBootstrap server =
        new ServerBootstrap()
            .group(transport.loops())
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(new Acceptor(door, tls));
    options.forEach(server::childOption);
    ChannelFuture bound = server.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    return new Listener(bound.channel());
  }

  /** The port it listens on, also if port 0 was asked for. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Accepts no more. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }

  private static final class Acceptor extends ChannelInitializer<SocketChannel> {
    private final ClientDoor door;
    private final @Nullable TlsAcceptor tls;

    Acceptor(ClientDoor door, @Nullable TlsAcceptor tls) {
      this.door = door;
      this.tls = tls;
    }

    @Override
    protected void initChannel(SocketChannel accepted) {
      accepted.pipeline().addLast(new FrontendHandler(door, tls));
    }
  }
}
