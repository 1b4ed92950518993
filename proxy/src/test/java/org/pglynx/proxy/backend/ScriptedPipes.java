package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.LiveBuffers;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.Trace;

/** Real {@link PipeConnection}s to a server that does what a test tells it to. */
public final class ScriptedPipes implements ServerPipe.Provider, Connector {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final LiveBuffers buffers;
  private final List<CompletableFuture<Void>> cancels = new ArrayList<>();
  private @Nullable PipeConnection opened;
  private boolean gone;

  public ScriptedPipes(LiveBuffers buffers) {
    this.buffers = buffers;
    channel.config().setAllocator(buffers.allocator());
    channel.freezeTime();
  }

  @Override
  public ServerPipe open(Map<String, String> startup, ServerPipe.Receiver receiver) {
    PipeConnection pipe =
        new PipeConnection(
            ScriptedServer.TARGET,
            this,
            channel.eventLoop(),
            startup,
            receiver,
            connection -> gone = true);
    opened = pipe;
    return pipe;
  }

  /** The connection that was asked for last. */
  public PipeConnection connection() {
    PipeConnection pipe = opened;
    if (pipe == null) {
      throw new AssertionError("no connection was asked for");
    }
    return pipe;
  }

  /** Lets the connection in, and says more in the same breath. */
  public void accepts(byte[] parameter, byte[]... behind) {
    PipeConnection pipe = connection();
    channel.pipeline().addLast(pipe.handler());
    ByteBuf frame = Unpooled.wrappedBuffer(parameter);
    pipe.noteParameter(frame, 0, parameter.length);
    pipe.noteKey(new byte[] {0, 0, 0, 42, 1, 2, 3, 4});
    FrameScanner login = new FrameScanner(pipe);
    login.pause();
    if (behind.length > 0) {
      login.feed(buffers.of(FrontendBytes.all(behind)));
    }
    pipe.loggedIn(channel, login);
    channel.runPendingTasks();
  }

  /** Does not let it in. */
  public void refuses(PgError error) {
    connection().loginFailed(error);
  }

  /** What the startup packet asks for besides user and database. */
  public Map<String, String> asked() {
    return connection().asked();
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

  /** Sends the bytes in one read. */
  public void says(byte[]... messages) {
    channel.writeInbound(buffers.of(FrontendBytes.all(messages)));
    channel.runPendingTasks();
  }

  /** Breaks the connection. */
  public void dies() {
    channel.close();
    channel.runPendingTasks();
  }

  /** Whether it takes what is sent. */
  public void takes(boolean on) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, on);
    channel.runPendingTasks();
  }

  /** Whether what it says is read. */
  public boolean read() {
    return channel.config().isAutoRead();
  }

  public boolean alive() {
    return channel.isActive();
  }

  /** Whether whoever counts the connections has heard of the end. */
  public boolean gone() {
    return gone;
  }

  public void passes(long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
  }

  public int cancels() {
    return cancels.size();
  }

  /** The server has taken all cancel requests. */
  public void takesCancels() {
    List.copyOf(cancels).forEach(cancel -> cancel.complete(null));
  }

  /** Ends the test's use of it. */
  public void finish() {
    dies();
    channel.finishAndReleaseAll();
  }

  @Override
  public void connect(BackendTarget target, EventLoop loop, BackendOwner owner) {
    throw new UnsupportedOperationException("only pipes are opened here");
  }

  @Override
  public CompletionStage<Void> cancel(
      BackendTarget target, @Nullable SocketAddress server, EventLoop loop, int pid, byte[] key) {
    CompletableFuture<Void> taken = new CompletableFuture<>();
    cancels.add(taken);
    return taken;
  }
}
