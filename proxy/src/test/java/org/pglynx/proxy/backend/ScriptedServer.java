package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.Trace;

/**
 * A server that does what a test tells it to, at the far end of a real {@link BackendConnection}:
 * {@link #got} is what has arrived there, {@link #says} what it answers.
 */
public final class ScriptedServer implements Connector {
  /** A login to it. */
  public static final BackendTarget TARGET =
      new BackendTarget(
          "db",
          5432,
          "shop",
          "app",
          new ServerCredential.None(),
          1000,
          100,
          true,
          ServerTlsConfig.NONE,
          Map.of());

  private final EmbeddedChannel channel;
  private boolean moved;
  private final LiveBuffers buffers;
  private final BackendConnection connection;
  private final ArrayDeque<Runnable> offloaded = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> cancels = new ArrayList<>();
  private final ByteBuf begun = Unpooled.buffer();

  public ScriptedServer(LiveBuffers buffers, BackendOwner owner) {
    this(buffers, owner, TARGET);
  }

  public ScriptedServer(LiveBuffers buffers, BackendOwner owner, BackendTarget target) {
    this(buffers, owner, target, new EmbeddedChannel(), server -> {});
    channel.freezeTime();
  }

  /** A server whose timers go by a clock that others share. */
  public ScriptedServer(LiveBuffers buffers, BackendOwner owner, Ticker ticker) {
    this(buffers, owner, ticker, server -> {});
  }

  /** The same; somebody sees it before its owner does. */
  public ScriptedServer(
      LiveBuffers buffers, BackendOwner owner, Ticker ticker, Consumer<ScriptedServer> seen) {
    this(buffers, owner, TARGET, EmbeddedChannel.builder().ticker(ticker).build(), seen);
  }

  private ScriptedServer(
      LiveBuffers buffers,
      BackendOwner owner,
      BackendTarget target,
      EmbeddedChannel channel,
      Consumer<ScriptedServer> seen) {
    this.buffers = buffers;
    this.channel = channel;
    channel.config().setAllocator(buffers.allocator());
    connection = new BackendConnection(target, this, owner, offloaded::add);
    channel.pipeline().addLast(new BackendHandler(connection));
    connection.noteKey(new byte[] {0, 0, 0, 42, 1, 2, 3, 4});
    seen.accept(this);
    connection.loggedIn(channel, new FrameScanner(connection.replies()));
  }

  /** The connection to it. */
  public BackendConnection connection() {
    return connection;
  }

  /** What has arrived and been flushed, frame by frame. */
  public List<String> got() {
    ByteBuf all = buffers.allocator().buffer();
    try {
      channel.runPendingTasks();
      for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
        all.writeBytes(next);
        next.release();
      }
      return Trace.ofClient(all);
    } finally {
      all.release();
    }
  }

  /** The same, but the beginning of a frame waits for its end, which may never come. */
  public List<String> gotWhole() {
    channel.runPendingTasks();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      begun.writeBytes(next);
      next.release();
    }
    int end = begun.readerIndex();
    while (begun.writerIndex() - end >= 5 && begun.writerIndex() - end > length(end + 1)) {
      end += 1 + length(end + 1);
    }
    List<String> lines = Trace.ofClient(begun.readSlice(end - begun.readerIndex()));
    begun.discardReadBytes();
    return lines;
  }

  private int length(int at) {
    int length = begun.getInt(at);
    if (length < 4) {
      throw new AssertionError("what the server gets is no message: " + ByteBufUtil.hexDump(begun));
    }
    return length;
  }

  /** Sends the messages in one read. */
  public void says(byte[]... messages) {
    channel.writeInbound(buffers.of(FrontendBytes.all(messages)));
    channel.runPendingTasks();
  }

  /** Sends the messages byte by byte. */
  public void dribbles(byte[]... messages) {
    for (byte each : FrontendBytes.all(messages)) {
      says(new byte[] {each});
    }
  }

  /** Breaks the connection. */
  public void dies() {
    channel.close();
    channel.runPendingTasks();
  }

  public boolean alive() {
    return channel.isActive();
  }

  /** Whether its replies are being read. */
  public boolean read() {
    return channel.config().isAutoRead();
  }

  /** Whether it takes what is sent. */
  public void takes(boolean on) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, on);
    channel.runPendingTasks();
  }

  /** Runs what was handed to other threads. */
  public void offload() {
    for (Runnable task = offloaded.poll(); task != null; task = offloaded.poll()) {
      task.run();
    }
    channel.runPendingTasks();
  }

  /** Runs what is due by now. */
  public void runTimers() {
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
  }

  public void runTasks() {
    channel.runPendingTasks();
  }

  public void passes(long seconds) {
    passes(seconds, TimeUnit.SECONDS);
  }

  void passes(long time, TimeUnit unit) {
    channel.advanceTimeBy(time, unit);
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
  }

  /** How many cancel requests have been made. */
  public int cancels() {
    return cancels.size();
  }

  /** The server has not taken the cancel requests in time, and may do so later. */
  public void losesCancels() {
    List.copyOf(cancels).forEach(cancel -> cancel.completeExceptionally(new TimeoutException()));
    channel.runPendingTasks();
  }

  /** The host name leads elsewhere from now on. */
  public void hasMoved() {
    moved = true;
  }

  @Override
  public boolean lists(BackendTarget target, @Nullable SocketAddress server) {
    return !moved;
  }

  /** The server has taken all cancel requests. */
  public void takesCancels() {
    List.copyOf(cancels).forEach(cancel -> cancel.complete(null));
  }

  /** Ends the test's use of it. */
  public void finish() {
    dies();
    offload();
    channel.finishAndReleaseAll();
  }

  @Override
  public void connect(BackendTarget target, EventLoop loop, BackendOwner owner) {
    throw new UnsupportedOperationException("a scripted server is connected already");
  }

  @Override
  public CompletionStage<Void> cancel(
      BackendTarget target, @Nullable SocketAddress server, EventLoop loop, int pid, byte[] key) {
    CompletableFuture<Void> taken = new CompletableFuture<>();
    cancels.add(taken);
    return taken;
  }
}
