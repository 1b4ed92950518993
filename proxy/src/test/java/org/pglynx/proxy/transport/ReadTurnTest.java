package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pglynx.proxy.config.TransportKind;

/** One event loop, one connection with much to read and one with little. */
class ReadTurnTest {
  /** Fits into the kernel's buffers, so that all of it is there before the loop looks. */
  private static final int MUCH = 192 << 10;

  /** Each read, and each end of a turn, as it happens on the loop. */
  private final List<String> events = new CopyOnWriteArrayList<>();

  private final Queue<String> names = new ConcurrentLinkedQueue<>(List.of("big", "small"));
  private final Semaphore accepted = new Semaphore(0);
  private final Semaphore read = new Semaphore(0);

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
  void a_connection_with_much_to_read_reads_at_most_32_kilobytes_a_turn(TransportKind kind)
      throws Exception {
    assumeTrue(Transport.isAvailable(kind));
    Transport transport = Transport.start(kind, 1);
    try (Socket big = connected(listen(transport))) {
      CountDownLatch written = holdLoop(transport);
      big.getOutputStream().write(new byte[MUCH]);
      written.countDown();
      assertThat(read.tryAcquire(MUCH, 10, TimeUnit.SECONDS)).isTrue();
      assertThat(largestTurn()).isLessThanOrEqualTo(ReadTurn.MOST_BYTES);
    } finally {
      transport.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
  void a_small_message_is_read_between_the_pieces_of_much_data(TransportKind kind)
      throws Exception {
    assumeTrue(Transport.isAvailable(kind));
    Transport transport = Transport.start(kind, 1);
    int port = listen(transport);
    try (Socket big = connected(port);
        Socket small = connected(port)) {
      CountDownLatch written = holdLoop(transport);
      big.getOutputStream().write(new byte[MUCH]);
      small.getOutputStream().write(1);
      written.countDown();
      assertThat(read.tryAcquire(MUCH, 10, TimeUnit.SECONDS)).isTrue();
      int before = events.indexOf("small 1");
      assertThat(before).isNotNegative();
      assertThat(events.subList(0, before).stream().filter("big end"::equals).count())
          .as("turns of the other before")
          .isLessThanOrEqualTo(2);
    } finally {
      transport.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Keeps the loop from reading until the latch is released. */
  private static CountDownLatch holdLoop(Transport transport) throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    transport
        .loopList()
        .getFirst()
        .execute(() -> {
          held.countDown();
          try {
            go.await(10, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
    return go;
  }

  private int largestTurn() {
    int largest = 0;
    int turn = 0;
    for (String event : events) {
      if (event.endsWith("end")) {
        turn = 0;
      } else {
        turn += Integer.parseInt(event.substring(event.indexOf(' ') + 1));
        largest = Math.max(largest, turn);
      }
    }
    return largest;
  }

  /** The first to connect is big, the next one small. */
  private Socket connected(int port) throws IOException, InterruptedException {
    Socket socket = new Socket("127.0.0.1", port);
    assertThat(accepted.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    return socket;
  }

  private int listen(Transport transport) {
    Channel listening =
        new ServerBootstrap()
            .group(transport.loops())
            .channel(transport.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    transport.prepare(connection.pipeline());
                    connection.pipeline().addLast(new Reader(names.remove()));
                    accepted.release();
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  private final class Reader extends ChannelInboundHandlerAdapter {
    private final String name;

    Reader(String name) {
      this.name = name;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      int bytes = ((ByteBuf) message).readableBytes();
      ((ByteBuf) message).release();
      events.add(name + " " + bytes);
      if (name.equals("big")) {
        read.release(bytes);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      events.add(name + " end");
    }
  }
}
