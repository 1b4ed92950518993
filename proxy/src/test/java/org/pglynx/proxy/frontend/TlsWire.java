package org.pglynx.proxy.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.Trace;

/** A client's end of a connection in memory: plain at first, then through a TLS handshake. */
final class TlsWire {
  private final ByteBufAllocator allocator;
  private final EmbeddedChannel server;
  private final EmbeddedChannel client = new EmbeddedChannel();
  private final List<Integer> records = new ArrayList<>();

  /**
   * @param server the proxy's end
   */
  TlsWire(ByteBufAllocator allocator, EmbeddedChannel server) {
    this.allocator = allocator;
    this.server = server;
    client.config().setAllocator(allocator);
  }

  /** Sends bytes as they are; they are lost if the proxy has closed the connection. */
  void sendsRaw(byte[] bytes) {
    if (!server.isActive()) {
      return;
    }
    server.writeInbound(allocator.buffer(Math.max(bytes.length, 1)).writeBytes(bytes));
    server.runPendingTasks();
  }

  /** What has come, as it came. */
  byte[] gotRaw() {
    ByteBuf all = drained(server);
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    all.release();
    return bytes;
  }

  /** Begins a handshake and goes on until neither side has more to say. */
  void encrypts(SslHandler handler) {
    client.pipeline().addFirst(handler);
    exchange();
  }

  /** Sends messages through the handshake's connection. */
  void sends(byte[]... messages) {
    byte[] bytes = FrontendBytes.all(messages);
    client.writeOutbound(allocator.buffer(Math.max(bytes.length, 1)).writeBytes(bytes));
    exchange();
  }

  /** Lets both sides speak until both are silent. */
  void exchange() {
    boolean more = true;
    while (more) {
      more = passOn(client, server) | passOn(server, client);
    }
  }

  private boolean passOn(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    ByteBuf bytes = drained(from);
    if (!bytes.isReadable()) {
      bytes.release();
      return false;
    }
    if (from == server) {
      measure(bytes);
    }
    if (to.isActive()) {
      to.writeInbound(bytes);
    } else {
      bytes.release();
    }
    to.runPendingTasks();
    return true;
  }

  /** Notes the lengths of the records that carry data. */
  private void measure(ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (at + 5 <= bytes.writerIndex()) {
      int length = bytes.getUnsignedShort(at + 3);
      if (bytes.getByte(at) == 23) {
        records.add(length);
      }
      at += 5 + length;
    }
  }

  /** Lengths of the encrypted records that have come. */
  List<Integer> records() {
    return records;
  }

  private ByteBuf drained(EmbeddedChannel from) {
    ByteBuf all = allocator.buffer();
    for (ByteBuf next = from.readOutbound(); next != null; next = from.readOutbound()) {
      all.writeBytes(next);
      next.release();
    }
    return all;
  }

  /** What has come through the handshake's connection, frame by frame. */
  List<String> got() {
    exchange();
    ByteBuf all = allocator.buffer();
    for (ByteBuf next = client.readInbound(); next != null; next = client.readInbound()) {
      all.writeBytes(next);
      next.release();
    }
    try {
      return Trace.ofServer(all);
    } finally {
      all.release();
    }
  }

  /** The bytes that have come through the handshake's connection. */
  byte[] decrypted() {
    exchange();
    ByteBuf all = allocator.buffer();
    for (ByteBuf next = client.readInbound(); next != null; next = client.readInbound()) {
      all.writeBytes(next);
      next.release();
    }
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    all.release();
    return bytes;
  }

  /** Lets time pass at the proxy's end. */
  void passes(long millis) {
    server.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    server.runScheduledPendingTasks();
    server.runPendingTasks();
  }

  /** Whether the proxy has closed the connection. */
  boolean disconnected() {
    server.runPendingTasks();
    return !server.isActive();
  }

  void finish() {
    exchange();
    try {
      client.finishAndReleaseAll();
    } catch (RuntimeException _) {
      // The handshake of a client that was refused reports its failure here once more.
    }
    server.finishAndReleaseAll();
  }
}
