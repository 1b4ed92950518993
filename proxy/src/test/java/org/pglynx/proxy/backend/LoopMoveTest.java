package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.proxy.config.TransportKind;
import org.pglynx.proxy.transport.Transport;

/** A channel leaves a loop for another one that reads it before the former one has looked away. */
class LoopMoveTest {
  /** More than one read, and so little that the kernel takes it all. */
  private static final int MUCH = 192 << 10;

  private final CompletableFuture<Channel> accepted = new CompletableFuture<>();
  private final CompletableFuture<Boolean> arrived = new CompletableFuture<>();

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
  void a_loop_outlives_a_channel_that_another_loop_reads_at_once(TransportKind kind)
      throws Exception {
    assumeTrue(Transport.isAvailable(kind));
    Transport transport = Transport.start(kind, 2);
    try (Socket peer = connected(transport)) {
      peer.getOutputStream().write(new byte[MUCH]);
      Channel channel = accepted.get(10, TimeUnit.SECONDS);
      EventLoop former = channel.eventLoop();
      List<EventLoop> others = new ArrayList<>(transport.loopList());
      others.remove(former);
      EventLoop next = others.getFirst();

      former.execute(() -> LoopMove.begin(channel, reading(next), arrived::complete));

      assertThat(arrived.get(10, TimeUnit.SECONDS)).isTrue();
      assertThat(channel.eventLoop()).isSameAs(next);
      assertThat(former.submit(() -> "alive").get(10, TimeUnit.SECONDS)).isEqualTo("alive");
      assertThat(peer.isConnected()).isTrue();
    } finally {
      transport.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** The loop, which reads a channel before who registers it there goes on. */
  private static EventLoop reading(EventLoop loop) {
    return (EventLoop)
        Proxy.newProxyInstance(
            EventLoop.class.getClassLoader(),
            new Class<?>[] {EventLoop.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(loop, arguments);
              if (result instanceof ChannelFuture registration) {
                awaitRead(registration);
              }
              return result;
            });
  }

  /** Returns while the read that begins there is under way: its loop is held up for a moment. */
  private static void awaitRead(ChannelFuture registration) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    registration.addListener(_ -> {
      registration.channel().config().setAutoRead(true);
      begun.countDown();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    });
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private Socket connected(Transport transport) throws Exception {
    Channel listening =
        new ServerBootstrap()
            .group(transport.loops())
            .channel(transport.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    transport.prepare(connection.pipeline());
                    connection.pipeline().addLast(new ReadsOnce());
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    return new Socket("127.0.0.1", ((InetSocketAddress) listening.localAddress()).getPort());
  }

  /** Stops after its first read, when it is known that there is more. */
  private final class ReadsOnce extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
      context.channel().config().setAutoRead(false);
      accepted.complete(context.channel());
    }
  }
}
