package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.pglynx.proxy.config.TcpConfig;
import org.pglynx.proxy.config.TransportKind;

/** Real sockets on the loopback interface: the kernel knows the configured keepalive. */
class SocketOptionsTest {
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void aConnectionHasTheConfiguredOptions(TransportKind kind) {
    assumeTrue(Transport.isAvailable(kind), kind + " is not available here");
    Transport transport = Transport.start(kind, 1);
    try {
      SocketOptions options = transport.socketOptions(new TcpConfig(true, 11, 12, 13, 14_000));

      Channel connection = connection(transport, options);

      assertThat(connection.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
      assertThat(options.numbers()).hasSize(kind == TransportKind.NIO ? 3 : 4);
      options
          .numbers()
          .forEach((option, value) ->
              assertThat(connection.config().getOption(option)).as(option.name()).isEqualTo(value));
    } finally {
      transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void without_keepalive_no_probes_are_asked_for(TransportKind kind) {
    assumeTrue(Transport.isAvailable(kind), kind + " is not available here");
    Transport transport = Transport.start(kind, 1);
    try {
      Channel connection =
          connection(transport, transport.socketOptions(new TcpConfig(false, 11, 12, 13, 0)));

      assertThat(connection.config().getOption(ChannelOption.SO_KEEPALIVE)).isFalse();
    } finally {
      transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void what_is_0_is_left_to_the_kernel(TransportKind kind) {
    assumeTrue(Transport.isAvailable(kind), kind + " is not available here");
    Transport transport = Transport.start(kind, 1);
    try {
      assertThat(transport.socketOptions(new TcpConfig(true, 0, 3, 0, 0)).numbers().values())
          .containsExactly(3);
    } finally {
      transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void an_accepted_connection_has_the_configured_options(TransportKind kind) throws Exception {
    assumeTrue(Transport.isAvailable(kind), kind + " is not available here");
    Transport transport = Transport.start(kind, 1);
    try {
      SocketOptions options = transport.socketOptions(new TcpConfig(true, 11, 12, 13, 14_000));

      Channel accepted = accepted(transport, options);

      assertThat(accepted.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
      assertThat(accepted.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
      options
          .numbers()
          .forEach((option, value) ->
              assertThat(accepted.config().getOption(option)).as(option.name()).isEqualTo(value));
      assertThat(options.inherited()).hasSize(kind == TransportKind.NIO ? 0 : 4);
    } finally {
      transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void an_accepted_connection_is_not_probed_without_keepalive(TransportKind kind) throws Exception {
    assumeTrue(Transport.isAvailable(kind), kind + " is not available here");
    Transport transport = Transport.start(kind, 1);
    try {
      Channel accepted =
          accepted(transport, transport.socketOptions(new TcpConfig(false, 0, 0, 0, 14_000)));

      assertThat(accepted.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
      assertThat(accepted.config().getOption(ChannelOption.SO_KEEPALIVE)).isFalse();
    } finally {
      transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private static Channel accepted(Transport transport, SocketOptions options) throws Exception {
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    ServerBootstrap listener =
        new ServerBootstrap()
            .group(transport.loops())
            .channel(transport.serverChannel())
            .childHandler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelActive(ChannelHandlerContext context) {
                    accepted.complete(context.channel());
                  }
                });
    options.onAccepted(listener);
    Channel listening =
        listener
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    new Bootstrap()
        .group(transport.loops())
        .channel(transport.socketChannel())
        .handler(new ChannelInboundHandlerAdapter())
        .connect(listening.localAddress())
        .syncUninterruptibly();
    return accepted.get(10, TimeUnit.SECONDS);
  }

  private static Channel connection(Transport transport, SocketOptions options) {
    Channel listening =
        new ServerBootstrap()
            .group(transport.loops())
            .channel(transport.serverChannel())
            .childHandler(new ChannelInboundHandlerAdapter())
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    Bootstrap client =
        new Bootstrap()
            .group(transport.loops())
            .channel(transport.socketChannel())
            .handler(new ChannelInboundHandlerAdapter());
    options.on(client);
    return client.connect(listening.localAddress()).syncUninterruptibly().channel();
  }
}
