package org.pglynx.proxy.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.transport.TlsAcceptor;
import org.pglynx.proxy.transport.Transport;

/**
 * Serves routes on a TCP port, on the event loops that carry the clients of the database. So few
 * connections, and so small requests, that whoever reaches the port takes little from those.
 */
public final class HttpServer implements AutoCloseable {
  /** Scrapers and people. */
  static final int MOST_CONNECTIONS = 64;

  private static final int MAX_BODY = 256 << 10;

  private final Channel channel;
  private final ChannelGroup connections;

  private HttpServer(Channel channel, ChannelGroup connections) {
    this.channel = channel;
    this.connections = connections;
  }

  /**
   * Binds and serves.
   *
   * @param tls with connections that begin with it; gives null if nobody gets it
   * @throws HttpUnavailableException if the address cannot be bound
   */
  public static HttpServer bind(
      Transport transport,
      InetSocketAddress address,
      Routes routes,
      Supplier<@Nullable TlsAcceptor> tls) {
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    ServerBootstrap server =
        new ServerBootstrap()
            .group(transport.loops())
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(new Acceptor(transport, routes, connections, tls));
    ChannelFuture bound = server.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new HttpUnavailableException(
          "cannot listen for HTTP on "
              + address.getHostString()
              + ":"
              + address.getPort()
              + ": "
              + bound.cause().getMessage(),
          bound.cause());
    }
    return new HttpServer(bound.channel(), connections);
  }

  /** The port, also if port 0 was asked for. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }

  private static final class Acceptor extends ChannelInitializer<Channel> {
    private final Transport transport;
    private final Routes routes;
    private final ChannelGroup connections;
    private final Supplier<@Nullable TlsAcceptor> tls;
    private final OpenConnections open = new OpenConnections(MOST_CONNECTIONS);

    Acceptor(
        Transport transport,
        Routes routes,
        ChannelGroup connections,
        Supplier<@Nullable TlsAcceptor> tls) {
      this.tls = tls;
      this.transport = transport;
      this.routes = routes;
      this.connections = connections;
    }

    @Override
    protected void initChannel(Channel accepted) {
      HttpConnection connection = new HttpConnection(routes, open);
      if (!open.admits(connection)) {
        accepted.close();
        return;
      }
      connections.add(accepted);
      transport.prepare(accepted.pipeline());
      accepted
          .pipeline()
          .addLast(
              new TlsOrPlain(tls),
              new HttpServerCodec(),
              new HttpObjectAggregator(MAX_BODY, true),
              connection);
    }
  }
}
