package org.pglynx.proxy.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What systemd hears, on a real datagram socket. */
class ServiceManagerTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void what_is_told_is_heard() throws Exception {
    assumeTrue(Epoll.isAvailable(), "datagrams of Unix sockets need epoll in this test");
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    Path path = directory.resolve("notify");
    MultiThreadIoEventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      Channel listening =
          new Bootstrap()
              .group(loop)
              .channel(EpollDomainDatagramChannel.class)
              .handler(
                  new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(
                        ChannelHandlerContext context, DomainDatagramPacket packet) {
                      heard.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                  })
              .bind(new DomainSocketAddress(path.toFile()))
              .sync()
              .channel();
      ServiceManager systemd = new ServiceManager(path.toString());

      systemd.tell(ServiceManager.READY);
      systemd.tell(ServiceManager.reloading());
      systemd.tell(ServiceManager.STOPPING);

      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("READY=1");
      assertThat(heard.poll(10, TimeUnit.SECONDS)).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+");
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("STOPPING=1");
      listening.close().sync();
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  @Test
  void nobody_who_listens_and_nobody_who_asked_change_nothing() {
    new ServiceManager(null).tell(ServiceManager.READY);
    new ServiceManager(directory.resolve("gone").toString()).tell(ServiceManager.READY);
    new ServiceManager("@pglynx-test-" + ProcessHandle.current().pid()).tell(ServiceManager.READY);
    new ServiceManager("/" + "x".repeat(200)).tell(ServiceManager.READY);
  }
}
