package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.proxy.config.TransportKind;

/** A real socket that listens, and turns away who comes from now on. */
class SynFilterTest {
  private static final int SHORT_MILLIS = 300;

  /** Sends back what it gets. */
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
    }

    @Override
    public boolean isSharable() {
      return true;
    }
  }

  private static Channel listen(Transport transport, int port) {
    return new ServerBootstrap()
        .group(transport.loops())
        .channel(transport.serverChannel())
        .option(transport.reusePort(), true)
        .childHandler(new Echo())
        .bind("127.0.0.1", port)
        .syncUninterruptibly()
        .channel();
  }

  private static InetSocketAddress address(Channel listening) {
    return (InetSocketAddress) listening.localAddress();
  }

  private static int echoed(Socket client) throws IOException {
    client.setSoTimeout(10_000);
    client.getOutputStream().write(42);
    return client.getInputStream().read();
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "IO_URING"})
  void who_is_there_stays_and_who_comes_later_finds_the_other_socket(TransportKind kind)
      throws Exception {
    assumeTrue(Transport.isAvailable(kind), "this machine has no " + kind);
    Transport transport = Transport.start(kind, 1);
    try (Socket there = new Socket();
        Socket early = new Socket();
        Socket late = new Socket()) {
      Channel leaving = listen(transport, 0);
      there.connect(address(leaving));

      assertThat(SynFilter.attach(leaving)).isTrue();

      assertThat(echoed(there)).isEqualTo(42);
      assertThatThrownBy(() -> early.connect(address(leaving), SHORT_MILLIS))
          .isInstanceOf(SocketTimeoutException.class);
      InetSocketAddress address = address(leaving);
      Channel successor = listen(transport, address.getPort());
      leaving.close().syncUninterruptibly();
      late.connect(address, 10_000);
      assertThat(echoed(late)).isEqualTo(42);
      assertThat(echoed(there)).isEqualTo(42);
      successor.close().syncUninterruptibly();
    } finally {
      transport.loops().shutdownGracefully().syncUninterruptibly();
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NIO")
  void where_it_cannot_be_done_that_is_told(TransportKind kind) {
    Transport transport = Transport.start(kind, 1);
    try {
      Channel listening = listen(transport, 0);
      assertThat(SynFilter.attach(listening)).isFalse();
      listening.close().syncUninterruptibly();
    } finally {
      transport.loops().shutdownGracefully().syncUninterruptibly();
    }
  }
}
