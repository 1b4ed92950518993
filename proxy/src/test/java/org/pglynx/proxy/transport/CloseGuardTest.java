package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.proxy.config.TransportKind;

/** A last word and a close, said while a read is handled, end the connection for its peer, too. */
class CloseGuardTest {
  private static final int PATIENCE_MILLIS = 5_000;

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
  void a_close_behind_a_write_in_a_read_is_seen_by_the_peer(TransportKind kind) throws Exception {
    assumeTrue(Transport.isAvailable(kind));
    Transport transport = Transport.start(kind, 1);
    try (Socket peer = new Socket("127.0.0.1", listen(transport))) {
      peer.setSoTimeout(PATIENCE_MILLIS);

      peer.getOutputStream().write('?');

      assertThat(peer.getInputStream().read()).isEqualTo('?');
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
    } finally {
      transport.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
  void a_loop_ends_although_a_connection_was_closed_in_a_read(TransportKind kind) throws Exception {
    assumeTrue(Transport.isAvailable(kind));
    Transport transport = Transport.start(kind, 1);
    try (Socket peer = new Socket("127.0.0.1", listen(transport))) {
      peer.getOutputStream().write('?');
      assertThat(peer.getInputStream().read()).isEqualTo('?');

      var ended = transport.loops().shutdownGracefully(50, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);

      assertThat(ended.await(PATIENCE_MILLIS)).isTrue();
    }
  }

  private static int listen(Transport transport) throws IOException {
    Channel listening =
        new ServerBootstrap()
            .group(transport.loops())
            .channel(transport.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    transport.prepare(accepted.pipeline());
                    accepted.pipeline().addLast(new LastWord());
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Sends back what it reads and closes. */
  private static final class LastWord extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
      context.close();
    }
  }
}
