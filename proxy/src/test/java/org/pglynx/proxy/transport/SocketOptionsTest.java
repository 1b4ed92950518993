package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
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
      Map<ChannelOption<Integer>, Integer> options =
          transport.socketOptions(new TcpConfig(11, 12, 13, 14_000));

      Channel connection = connection(transport, options);

      assertThat(options).hasSize(kind == TransportKind.NIO ? 3 : 4);
      options.forEach((option, value) ->
          assertThat(connection.config().getOption(option)).as(option.name()).isEqualTo(value));
    } finally {
      transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private static Channel connection(
      Transport transport, Map<ChannelOption<Integer>, Integer> options) {
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
    options.forEach(client::option);
    return client.connect(listening.localAddress()).syncUninterruptibly().channel();
  }
}
