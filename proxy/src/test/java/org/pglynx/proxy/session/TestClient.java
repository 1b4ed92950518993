package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.stats.Socket;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.Trace;

/** A client of the proxy that does what a test tells it to. */
final class TestClient implements ClientEnd {
  private final LiveBuffers buffers;
  private final ManualLoop loop;
  private final ByteBuf received;
  private @Nullable Stage stage;
  private @Nullable ClientTls offered;
  private @Nullable ClientTls encrypted;
  private boolean writable = true;
  private boolean reading = true;
  private boolean closed;
  private int unflushed;

  TestClient(LiveBuffers buffers, ManualLoop loop) {
    this.buffers = buffers;
    this.loop = loop;
    this.received = buffers.allocator().buffer();
  }

  /** Sends the messages in one packet. */
  void sends(byte[]... messages) {
    Stage present = stage;
    if (closed || present == null) {
      return;
    }
    present.onRead(buffers.of(FrontendBytes.all(messages)));
    Stage then = stage;
    if (then != null) {
      then.onReadComplete();
    }
    loop.run();
  }

  /** Sends the messages byte by byte. */
  void dribbles(byte[]... messages) {
    for (byte each : FrontendBytes.all(messages)) {
      sends(new byte[] {each});
    }
  }

  /** What has come and been flushed since the last look, frame by frame. */
  List<String> got() {
    loop.run();
    if (unflushed > 0) {
      throw new AssertionError(unflushed + " bytes for the client were never flushed");
    }
    List<String> lines = Trace.ofServer(received);
    received.clear();
    return lines;
  }

  /** The bytes that have come since the last look. */
  byte[] gotBytes() {
    loop.run();
    byte[] bytes = new byte[received.readableBytes()];
    received.readBytes(bytes);
    received.clear();
    return bytes;
  }

  /** Goes away without a word. */
  void leaves() {
    Stage present = stage;
    stage = null;
    closed = true;
    if (present != null) {
      present.onClosed();
    }
    loop.run();
  }

  /** Whether it reads what is sent to it. */
  void takes(boolean on) {
    writable = on;
    if (stage != null) {
      stage.onWritable();
    }
  }

  /** Whether the proxy has closed its connection. */
  boolean disconnected() {
    return closed;
  }

  /** Whether the proxy reads what it sends. */
  boolean read() {
    return reading;
  }

  ManualLoop manual() {
    return loop;
  }

  /** Ends the test's use of it. */
  void finish() {
    leaves();
    received.release();
  }

  @Override
  public void write(ByteBuf frames) {
    if (!closed) {
      received.writeBytes(frames);
      unflushed += frames.writerIndex();
    }
    frames.release();
  }

  @Override
  public void flush() {
    unflushed = 0;
  }

  @Override
  public boolean writable() {
    return writable;
  }

  /** Lets it have TLS when it asks; the handshake that {@link #startTls} begins tells this. */
  void tls(ClientTls handshake) {
    offered = handshake;
  }

  @Override
  public boolean offersTls() {
    return offered != null;
  }

  @Override
  public void startTls() {
    encrypted = offered;
  }

  @Override
  public @Nullable ClientTls tls() {
    return encrypted;
  }

  @Override
  public void reading(boolean on) {
    reading = on;
  }

  @Override
  public void close() {
    unflushed = 0;
    closed = true;
    loop.execute(this::leaves);
  }

  @Override
  public void hangUp() {
    close();
  }

  @Override
  public void become(Stage next) {
    stage = next;
  }

  @Override
  public ScheduledExecutorService loop() {
    return loop;
  }

  @Override
  public boolean onLoop() {
    return loop.isCurrent();
  }

  @Override
  public ByteBufAllocator allocator() {
    return buffers.allocator();
  }

  @Override
  public String remoteAddress() {
    return "test";
  }

  @Override
  public Socket socket() {
    return new Socket("0x1", "127.0.0.1:6432");
  }

  @Override
  public Origin origin() {
    return Origin.tcp(InetAddress.getLoopbackAddress());
  }
}
