package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
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
      // A loop that dies still runs what it was given.
      assertThat(former.submit(() -> "alive").get(10, TimeUnit.SECONDS)).isEqualTo("alive");
      assertThat(former.isShuttingDown()).isFalse();
      assertThat(peer.isConnected()).isTrue();
    } finally {
      transport.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
  void a_channel_whose_next_loop_is_ending_is_closed_for_its_peer(TransportKind kind)
      throws Exception {
    assumeTrue(Transport.isAvailable(kind));
    Transport transport = Transport.start(kind, 1);
    Transport ending = Transport.start(kind, 1);
    EventLoop next = ending.loopList().getFirst();
    next.submit(() -> {}).sync();
    ending.loops().shutdownGracefully(5, 10, TimeUnit.SECONDS);
    // It has looked at its channels for the last time by now.
    next.submit(() -> {}).sync();
    next.submit(() -> {}).sync();
    try (Socket peer = connected(transport)) {
      peer.getOutputStream().write(new byte[MUCH]);
      Channel channel = accepted.get(10, TimeUnit.SECONDS);

      channel.eventLoop().execute(() -> LoopMove.begin(channel, next, arrived::complete));

      assertThat(arrived.get(10, TimeUnit.SECONDS)).isFalse();
      assertThat(ends(peer)).isTrue();
    } finally {
      ending.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS);
      transport.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
  void a_channel_whose_next_loop_has_ended_is_closed_for_its_peer(TransportKind kind)
      throws Exception {
    assumeTrue(Transport.isAvailable(kind));
    Transport transport = Transport.start(kind, 1);
    Transport ended = Transport.start(kind, 1);
    EventLoop next = ended.loopList().getFirst();
    ended.loops().shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    try (Socket peer = connected(transport)) {
      peer.getOutputStream().write(new byte[MUCH]);
      Channel channel = accepted.get(10, TimeUnit.SECONDS);

      channel.eventLoop().execute(() -> LoopMove.begin(channel, next, arrived::complete));

      assertThat(ends(peer)).isTrue();
      assertThat(arrived).as("nobody is there to be told").isNotDone();
    } finally {
      transport.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Whether the peer hears of the end: by a reset, since it has sent what nobody read. */
  private static boolean ends(Socket peer) throws IOException {
    peer.setSoTimeout(10_000);
    try {
      return peer.getInputStream().read() < 0;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (SocketException _) {
      return true;
    }
  }

  /** The loop, which reads a channel before who sends it there goes on. */
  private EventLoop reading(EventLoop loop) {
    return (EventLoop)
        Proxy.newProxyInstance(
            EventLoop.class.getClassLoader(),
            new Class<?>[] {EventLoop.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("execute")) {
                awaitRead(loop, (Runnable) arguments[0]);
                return null;
              }
              return method.invoke(loop, arguments);
            });
  }

  /** Returns while the read that begins there is under way: its loop is held up for a moment. */
  private void awaitRead(EventLoop loop, Runnable entry) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    loop.execute(() -> {
      entry.run();
      accepted.join().config().setAutoRead(true);
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

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
  void a_channel_that_has_just_been_closed_does_not_arrive(TransportKind kind) throws Exception {
    assumeTrue(Transport.isAvailable(kind));
    Transport transport = Transport.start(kind, 2);
    try (Socket peer = connected(transport)) {
      peer.getOutputStream().write(1);
      Channel channel = accepted.get(10, TimeUnit.SECONDS);
      EventLoop former = channel.eventLoop();
      List<EventLoop> others = new ArrayList<>(transport.loopList());
      others.remove(former);

      former.execute(() -> {
        channel.close();
        LoopMove.begin(channel, others.getFirst(), arrived::complete);
      });

      assertThat(arrived.get(3, TimeUnit.SECONDS)).isFalse();
    } finally {
      transport.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_channel_that_is_lost_on_its_way_has_not_arrived_and_is_closed() {
    EmbeddedChannel moving = new EmbeddedChannel(new NeverLeaves());
    EmbeddedChannel next = new EmbeddedChannel();
    next.freezeTime();
    List<Boolean> arrivals = new ArrayList<>();

    LoopMove.begin(moving, next.eventLoop(), arrivals::add);
    next.advanceTimeBy(10, TimeUnit.SECONDS);
    next.runScheduledPendingTasks();
    moving.runPendingTasks();

    assertThat(arrivals).containsExactly(false);
    assertThat(moving.isOpen()).isFalse();
    next.finishAndReleaseAll();
  }

  /** A transport that loses what is asked of it. */
  private static final class NeverLeaves extends ChannelOutboundHandlerAdapter {
    @Override
    public void deregister(ChannelHandlerContext context, ChannelPromise promise) {}
  }
}
