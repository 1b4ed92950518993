package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.stats.Socket;
import org.pglynx.proxy.transport.ConnectionNames;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;

/**
 * A connection to a server as a {@link ServerPipe}. Confined to its event loop; what others may ask
 * is volatile.
 *
 * <pre>
 *   LOGGING_IN ──► OPEN ── finish() ──► FINISHING ── end of the frame in hand, or too slow ──► CLOSED
 *        │          └── close(), the server closes ─────────────────────────────────────────────►┤
 *        └── refused; close(): what comes of the login is closed at once ───────────────────────►┘
 * </pre>
 *
 * <p>The server's frames are only counted: so an error of the proxy's own can come between two.
 */
public final class PipeConnection extends Newcomer implements ServerPipe, FrameScanner.Visitor {
  private enum State {
    LOGGING_IN,
    OPEN,
    FINISHING,
    CLOSED
  }

  /** How long the end of a frame, or of what the client has sent, may take. */
  private static final long PARTING_MILLIS = 1000;

  private final BackendTarget target;
  private final Connector connector;
  private final EventLoop loop;
  private final Map<String, String> startup;
  private final Receiver receiver;
  private final Consumer<PipeConnection> gone;
  private final FrameScanner scanner = new FrameScanner(this);
  private final ByteArrayOutputStream parameters = new ByteArrayOutputStream();
  private final long createdNanos = System.nanoTime();
  private @Nullable Channel channel;
  private boolean reading = true;
  private volatile CancelKey key = CancelKey.NONE;
  private volatile State state = State.LOGGING_IN;

  PipeConnection(
      BackendTarget target,
      Connector connector,
      EventLoop loop,
      Map<String, String> startup,
      Receiver receiver,
      Consumer<PipeConnection> gone) {
    this.target = target;
    this.connector = connector;
    this.loop = loop;
    this.startup = asked(startup);
    this.receiver = receiver;
    this.gone = gone;
  }

  private static Map<String, String> asked(Map<String, String> startup) {
    Map<String, String> asked = new LinkedHashMap<>(startup);
    asked.remove("user");
    asked.remove("database");
    return Collections.unmodifiableMap(asked);
  }

  // ---- facts ---------------------------------------------------------------------------------

  /** The server's process id, as in pg_stat_replication; 0 before the login. */
  public int pid() {
    return key.pid();
  }

  @Override
  public String ptr() {
    return socket().ptr();
  }

  /** Which connection it is. */
  public Socket socket() {
    return ConnectionNames.of(channel);
  }

  /** login or active: the words of SHOW SERVERS. */
  public String stateName() {
    return state == State.LOGGING_IN ? "login" : "active";
  }

  /** System.nanoTime() since when it is there. */
  public long createdNanos() {
    return createdNanos;
  }

  /** physical or logical: the words of SHOW SERVERS. */
  public String replication() {
    return "database".equals(startup.get("replication")) ? "logical" : "physical";
  }

  /** Version and cipher as PgBouncer shows them; empty for a plain connection. */
  public String tls() {
    Channel established = channel;
    return established == null ? "" : ChannelTls.describe(established);
  }

  /** What the client calls itself. */
  public String applicationName() {
    return startup.getOrDefault("application_name", "");
  }

  // ---- login ---------------------------------------------------------------------------------

  @Override
  BackendTarget target() {
    return target;
  }

  @Override
  Map<String, String> asked() {
    return startup;
  }

  @Override
  void noteParameter(ByteBuf buffer, int offset, int length) {
    byte[] frame = new byte[length];
    buffer.getBytes(offset, frame);
    parameters.writeBytes(frame);
  }

  @Override
  void noteKey(byte[] body) {
    key = CancelKey.of(body);
  }

  @Override
  ChannelHandler handler() {
    return new Handler();
  }

  @Override
  void loggedIn(Channel established, FrameScanner read) {
    channel = established;
    if (state == State.CLOSED) {
      read.stop();
      established.close();
      return;
    }
    state = State.OPEN;
    receiver.onOpened(parameters.toByteArray());
    try {
      read.moveTo(scanner);
    } catch (ProtocolException e) {
      ended();
    }
    receiver.onRepliesRead();
  }

  /** It cannot be had. */
  public void refuse(PgError error) {
    loginFailed(error);
  }

  @Override
  void loginFailed(PgError error) {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      gone.accept(this);
      receiver.onRefused(error);
    }
  }

  // ---- the client's side ---------------------------------------------------------------------

  private boolean open() {
    return state == State.OPEN || state == State.FINISHING;
  }

  @Override
  public void send(ByteBuf run) {
    Channel server = channel;
    if (server == null || !open()) {
      run.release();
    } else {
      server.write(run, server.voidPromise());
    }
  }

  @Override
  public void flush() {
    Channel server = channel;
    if (server != null && open()) {
      server.flush();
    }
  }

  @Override
  public boolean writable() {
    Channel server = channel;
    return server == null || server.isWritable();
  }

  @Override
  public void reading(boolean on) {
    Channel server = channel;
    if (server != null && on != reading) {
      reading = on;
      server.config().setAutoRead(on);
    }
  }

  @Override
  public CompletionStage<Void> cancel() {
    CancelKey known = key;
    Channel server = channel;
    return open() && known.known() && server != null
        ? connector
            .cancel(target, server.remoteAddress(), loop, known.pid(), known.secret())
            .exceptionally(late -> null)
        : CompletableFuture.completedStage(null);
  }

  @Override
  public void finish() {
    if (state != State.OPEN) {
      return;
    }
    state = State.FINISHING;
    if (scanner.midFrame()) {
      loop.schedule(this::ended, PARTING_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      ended();
    }
  }

  @Override
  public void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    gone.accept(this);
    scanner.stop();
    part();
  }

  /** A server that takes no more must not hold the connection. */
  private void part() {
    Channel leaving = channel;
    if (leaving == null || !leaving.isActive()) {
      return;
    }
    leaving.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> leaving.close());
    loop.schedule(() -> leaving.close(), PARTING_MILLIS, TimeUnit.MILLISECONDS);
  }

  // ---- the server's side ---------------------------------------------------------------------

  private void ended() {
    if (open()) {
      boolean midFrame = scanner.midFrame();
      close();
      receiver.onEnded(midFrame);
    }
  }

  @Override
  public int wanted(byte tag, int length) {
    return 0;
  }

  @Override
  public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
    if (state != State.FINISHING) {
      return Verdict.FORWARD;
    }
    // What precedes this frame is the end of the one in hand.
    scanner.cut();
    return Verdict.STOP;
  }

  @Override
  public void onRun(ByteBuf run) {
    if (open()) {
      receiver.onReplies(run);
    } else {
      run.release();
    }
  }

  private void read(ByteBuf in) {
    try {
      scanner.feed(in);
      if (state == State.FINISHING && !scanner.midFrame()) {
        ended();
      }
    } catch (ProtocolException e) {
      ended();
    }
  }

  private final class Handler extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      read((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      if (open()) {
        receiver.onRepliesRead();
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (open()) {
        receiver.onServerWritable();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      ended();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
