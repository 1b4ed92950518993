package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.query;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client costs that has logged in, run a query, and does nothing more. */
class IdleMemoryIT {
  private static final int CLIENTS = 1000;

  /**
   * Twice what is measured, of which about a third is the test's own end of the connection; a
   * buffer that each client kept would alone be 8 KB.
   */
  private static final long BYTES_A_CLIENT = 6 * 1024;

  /** Chunks that the event loops keep for the next ones. */
  private static final long KEPT_BUFFERS = 4 << 20;

  @RegisterExtension
  static final ProxyUnderTest proxy =
      ProxyUnderTest.transactionMode(4).general("worker_threads = 2");

  @Test
  void an_idle_client_keeps_no_buffer_and_little_else() throws IOException {
    visit(100).forEach(IdleMemoryIT::leave);
    long heapBefore = usedHeap();
    long buffersBefore = buffers();
    List<SocketChannel> clients = visit(CLIENTS);
    long heap = usedHeap() - heapBefore;
    long buffers = buffers() - buffersBefore;
    clients.forEach(IdleMemoryIT::leave);

    System.out.printf(
        "an idle client: %d bytes of heap, with the test's end; buffers of all: %d KB%n",
        heap / CLIENTS, buffers >> 10);
    assertThat(heap / CLIENTS).isLessThan(BYTES_A_CLIENT);
    assertThat(buffers).isLessThan(KEPT_BUFFERS);
  }

  /** Clients that log in, run a query of several buffers' length, and stay. */
  private static List<SocketChannel> visit(int count) throws IOException {
    List<SocketChannel> clients = new ArrayList<>();
    ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
    for (int i = 0; i < count; i++) {
      SocketChannel client =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      clients.add(client);
      exchange(
          client,
          in,
          RawConnection.startup(
              3 << 16, Map.of("user", "postgres", "database", ProxyUnderTest.DATABASE)));
      exchange(client, in, query("SELECT repeat('x', 30000)"));
    }
    return clients;
  }

  /** Sends, and reads up to a ReadyForQuery, the last message of what comes. */
  private static void exchange(SocketChannel client, ByteBuffer in, byte[] message)
      throws IOException {
    client.write(ByteBuffer.wrap(message));
    in.clear();
    while (in.position() < 6
        || in.get(in.position() - 6) != 'Z'
        || in.get(in.position() - 2) != 5) {
      if (client.read(in) < 0) {
        throw new IOException("the proxy has closed the connection");
      }
    }
  }

  private static void leave(SocketChannel client) {
    try {
      client.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long usedHeap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Eventually.pause(50);
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static long buffers() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }
}
