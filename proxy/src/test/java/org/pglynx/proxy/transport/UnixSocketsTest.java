package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.PeerCredentials;
import io.netty.channel.uring.IoUring;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.pglynx.proxy.config.TransportKind;

/** The kernel tells who is at the other end of a Unix socket. */
class UnixSocketsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void the_process_at_the_other_end_is_known_except_with_nio(TransportKind kind) {
    assumeTrue(kind != TransportKind.EPOLL || Epoll.isAvailable(), "epoll is not available");
    assumeTrue(kind != TransportKind.IO_URING || IoUring.isAvailable(), "no io_uring");
    Transport transport = Transport.start(kind, 1);
    try {
      SocketAddress address =
          transport.unix().addresses().apply(UnixSockets.path(directory.toString(), 1));
      new ServerBootstrap()
          .group(transport.loops())
          .channel(transport.unix().serverChannel())
          .childHandler(new ChannelInboundHandlerAdapter())
          .bind(address)
          .syncUninterruptibly();
      Channel connection =
          new Bootstrap()
              .group(transport.loops())
              .channel(transport.unix().channel())
              .handler(new ChannelInboundHandlerAdapter())
              .connect(address)
              .syncUninterruptibly()
              .channel();

      PeerCredentials peer = UnixSockets.peer(connection);

      assertThat(UnixSockets.is(connection)).isTrue();
      if (kind == TransportKind.NIO) {
        assertThat(peer).isNull();
      } else {
        assertThat(peer)
            .extracting(PeerCredentials::pid)
            .isEqualTo((int) ProcessHandle.current().pid());
      }
    } finally {
      transport.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
