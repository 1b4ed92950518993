package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;

/**
 * A logged-in client: owns its state and its {@link Upstream}. Confined to the client's event loop.
 * {@link FrontendFrames} decides about frames; this class is what the decisions are made of.
 *
 * <pre>
 *              frame that needs a server                       server given
 *   DETACHED ────────────────────────────► WAITING ──────────────────────────────► ATTACHED
 *      ▲  │                                   │ refused: error, the frame is answered    │ │
 *      │  └──── idle connection at hand ──────┼────────────────────────────────────────► │ │
 *      │                                      ▼                                          │ │
 *      ├──────────────────────────────────────┘                                          │ │
 *      ├── ReadyForQuery I, all answered (transaction pooling) ◄────────────────────────────┘ │
 *      └── server lost: error, ReadyForQuery ◄────────────────────────────────────────────────┘
 *
 *   in DETACHED or ATTACHED, while nothing is outstanding: ANSWERING (a local statement runs)
 *   from anywhere: CLOSED (Terminate, end of file, protocol violation, shutdown)
 * </pre>
 *
 * <p>Backpressure: the client is not read while the server takes no more, the client takes no more,
 * or a frame is held. The server is not read while the client takes no more.
 */
public final class Session implements ClientEnd.Stage, Downstream, UpstreamProvider.Waiter {
  /** How much a client may have sent ahead while its frames are held. */
  private static final int HELD_BYTES = 64 << 10;

  private final ClientEnd client;
  private final SessionProfile profile;
  private final SessionProfile.Place place;
  private final SessionRegistry registry;
  private final FrontendFrames frames;
  private final FrameScanner scanner;
  private final SessionCounters counts = new SessionCounters();
  private final byte[] cancelKey;
  private final int id;

  private @Nullable Upstream upstream;
  private @Nullable PgError refusal;
  private @Nullable PgError lost;
  private @Nullable Cancellable answering;
  private ParameterSet parameters;
  private byte status = 'I';
  private boolean waiting;
  private boolean draining;
  private boolean lent;
  private boolean closed;
  private long waitingSinceNanos;

  /** A session that has just logged in with the given parameters. */
  Session(
      ClientEnd client,
      SessionProfile profile,
      SessionProfile.Place place,
      SessionRegistry registry,
      ParameterSet parameters) {
    this.client = client;
    this.profile = profile;
    this.place = place;
    this.registry = registry;
    this.parameters = parameters;
    this.frames = new FrontendFrames(this, profile);
    this.scanner = new FrameScanner(frames);
    this.cancelKey = registry.newKey();
    this.id = registry.register(this);
  }

  // ---- facts ---------------------------------------------------------------------------------

  int id() {
    return id;
  }

  byte[] cancelKey() {
    return cancelKey;
  }

  ScheduledExecutorService loop() {
    return client.loop();
  }

  boolean onLoop() {
    return client.onLoop();
  }

  boolean unsynced() {
    return frames.unsynced();
  }

  ClientEnd client() {
    return client;
  }

  SessionProfile profile() {
    return profile;
  }

  FrameScanner scanner() {
    return scanner;
  }

  SessionCounters counts() {
    return counts;
  }

  PoolCounters poolCounters() {
    return place.counters();
  }

  ParameterSet parameters() {
    return parameters;
  }

  @Nullable UpstreamProvider provider() {
    return place.provider();
  }

  /** I, T or E as the client was last told. */
  byte status() {
    return status;
  }

  /** Whether the server works, or may work, on a transaction of this session. */
  boolean inTransaction() {
    return upstream != null && (status != 'I' || frames.unsynced());
  }

  boolean closed() {
    return closed;
  }

  /** Whether frames must wait: for a server, for outstanding replies, or for a local answer. */
  boolean blocked() {
    return waiting || draining || answering != null;
  }

  @Nullable Upstream upstream() {
    return upstream;
  }

  ClientView view() {
    String state = waiting ? "waiting" : upstream != null || answering != null ? "active" : "idle";
    long now = System.nanoTime();
    return new ClientView(
        id,
        profile.database(),
        profile.user(),
        parameters.values().getOrDefault("application_name", ""),
        client.remoteAddress(),
        state,
        counts.transactions(),
        counts.queries(),
        counts.errors(),
        now - counts.sinceNanos(),
        waiting ? now - waitingSinceNanos : 0);
  }

  // ---- the client's side ---------------------------------------------------------------------

  @Override
  public void onRead(ByteBuf in) {
    try {
      scanner.feed(in);
    } catch (ProtocolException e) {
      violated(e);
    }
  }

  private void violated(ProtocolException e) {
    die(PgError.fatal(SqlState.PROTOCOL_VIOLATION, String.valueOf(e.getMessage())));
  }

  @Override
  public void onReadComplete() {
    flushBoth();
    releaseIfIdle();
    regulate();
  }

  private void flushBoth() {
    Upstream server = upstream;
    if (server != null) {
      server.flush();
    }
    client.flush();
  }

  @Override
  public void onClosed() {
    if (!closed) {
      end();
    }
  }

  /** Tells the client why, and ends the session. */
  void die(PgError error) {
    if (closed) {
      return;
    }
    if (upstream == null || !upstream.midReply()) {
      write(error);
    }
    end();
    client.close();
  }

  /** Terminate. */
  void terminated() {
    end();
    client.close();
  }

  private void end() {
    // What is announced must be sent, or the server's replies would no longer match.
    scanner.cut();
    closed = true;
    registry.unregister(id);
    frames.ended();
    Cancellable running = answering;
    answering = null;
    if (running != null) {
      running.cancel();
    }
    UpstreamProvider provider = place.provider();
    if (waiting && provider != null) {
      waiting = false;
      provider.withdraw(this);
    }
    Upstream server = upstream;
    upstream = null;
    if (server != null && !lent) {
      server.release(howToRelease(server));
    }
    scanner.stop();
  }

  private Upstream.Release howToRelease(Upstream server) {
    if (scanner.midFrame()) {
      return Upstream.Release.BROKEN;
    }
    boolean idle = server.drained() && status == 'I' && !frames.unsynced();
    return idle ? Upstream.Release.SESSION_ENDED : Upstream.Release.ABANDONED;
  }

  /** A cancel request that bears this session's key. */
  void onCancelRequest() {
    Cancellable running = answering;
    Upstream server = upstream;
    if (running != null) {
      answering = Cancellable.DONE;
      running.cancel();
    } else if (server != null && !server.drained()) {
      server.cancel();
    } else if (waiting) {
      refuseWait(PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
    }
  }

  private void refuseWait(PgError error) {
    UpstreamProvider provider = place.provider();
    if (provider != null) {
      provider.withdraw(this);
    }
    onRefused(error);
  }

  /** The proxy stops. */
  void onShutdown() {
    die(
        PgError.fatal(
            SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command"));
  }

  @Override
  public void onWritable() {
    regulate();
  }

  /** Reads from either side only what the other takes. */
  private void regulate() {
    if (closed) {
      return;
    }
    Upstream server = upstream;
    boolean clientTakes = client.writable();
    client.reading(clientTakes && !heldEnough() && (server == null || server.writable()));
    if (server != null && !lent) {
      server.reading(clientTakes);
    }
  }

  /**
   * A client that waits for its answer sends nothing, so there is nothing to stop: two system calls
   * (epoll_ctl) saved each time that a session waits for a server. One that pipelines is stopped.
   */
  private boolean heldEnough() {
    return blocked() && scanner.pendingBytes() > HELD_BYTES;
  }

  void write(PgError error) {
    counts.error();
    place.counters().error();
    ByteBuf out = client.allocator().buffer(256);
    FrameWriter.error(out, error);
    client.write(out);
  }

  void writeReady() {
    ByteBuf out = client.allocator().buffer(6);
    FrameWriter.ready(out, status);
    client.write(out);
  }

  // ---- the server's side ---------------------------------------------------------------------

  /**
   * Makes sure that there is a server.
   *
   * @return false if the frame must be held until there is one, or {@link #takeRefusal} tells why
   *     not
   */
  boolean attach() {
    if (upstream != null) {
      return true;
    }
    UpstreamProvider provider = place.provider();
    if (refusal != null || provider == null) {
      return false;
    }
    Upstream given = provider.open(this);
    if (given == null) {
      waiting = true;
      return false;
    }
    adopt(given);
    return true;
  }

  private void adopt(Upstream given) {
    // The rest of a frame for an earlier server must not reach this one.
    scanner.cut();
    upstream = given;
    given.apply(parameters);
  }

  /** Why there is no server for the frame in hand, once. */
  @Nullable PgError takeRefusal() {
    PgError error = refusal;
    refusal = null;
    if (error == null && place.provider() == null && upstream == null) {
      return PgError.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "the database \"" + profile.database() + "\" answers no such statement");
    }
    return error;
  }

  @Override
  public Downstream downstream() {
    return this;
  }

  @Override
  public void onUpstream(Upstream given) {
    waiting = false;
    place.counters().waited(System.nanoTime() - waitingSinceNanos);
    adopt(given);
    resume();
  }

  @Override
  public void onRefused(PgError error) {
    waiting = false;
    refusal = error;
    if (error.severity() == PgError.Severity.FATAL) {
      die(error);
      return;
    }
    resume();
  }

  @Override
  public long waitingSinceNanos() {
    return waitingSinceNanos;
  }

  @Override
  public void waitingSinceNanos(long nanos) {
    waitingSinceNanos = nanos;
  }

  /** Visits held frames again. */
  void resume() {
    if (closed) {
      return;
    }
    try {
      scanner.resume();
    } catch (ProtocolException e) {
      violated(e);
    }
    if (!closed) {
      onReadComplete();
    }
  }

  /** Forwards bytes of the client's frames. */
  void forward(ByteBuf run) {
    Upstream server = upstream;
    if (server == null) {
      run.release();
      return;
    }
    place.counters().fromClient(run.readableBytes());
    server.send(run);
  }

  /** Whether the server ignores all that comes before Sync: a statement of the batch has failed. */
  boolean serverSkips() {
    Upstream server = upstream;
    return server != null && server.skipping();
  }

  /** Whether the server waits for COPY data, and takes nothing else. */
  boolean serverCopiesIn() {
    Upstream server = upstream;
    return server != null && server.copyingIn();
  }

  /** Whether all earlier replies are with the client; else asks for them, and the frame is held. */
  boolean settled() {
    Upstream server = upstream;
    if (server == null) {
      return true;
    }
    if (server.drained()) {
      // What the proxy does now may need a server of its own, or take long.
      releaseIfIdle();
      return true;
    }
    scanner.cut();
    draining = true;
    server.drain();
    return false;
  }

  @Override
  public void onParseFailed() {
    frames.parseFailed();
  }

  @Override
  public void onDrained() {
    draining = false;
    resume();
  }

  @Override
  public void onReplies(ByteBuf run) {
    place.counters().fromServer(run.readableBytes());
    client.write(run);
    if (!client.writable()) {
      regulate();
    }
  }

  @Override
  public void onRepliesRead() {
    client.flush();
    releaseIfIdle();
  }

  @Override
  public void onServerWritable() {
    regulate();
  }

  @Override
  public void onReady(byte newStatus) {
    status = newStatus;
    Upstream server = upstream;
    if (server == null) {
      return;
    }
    if (newStatus == 'I') {
      long nanos = counts.transactionEnded();
      if (nanos >= 0) {
        place.counters().transaction(nanos);
      }
      frames.transactionEnded();
      releaseIfIdle();
    }
  }

  /** Gives the server back, unless the client, or a reply on its way, still needs this very one. */
  private void releaseIfIdle() {
    Upstream server = upstream;
    if (server != null
        && status == 'I'
        && !profile.sessionPooling()
        && server.drained()
        && !frames.needsServer()
        && !blocked()
        && !lent
        && !scanner.midFrame()) {
      releaseIdle(server);
    }
  }

  private void releaseIdle(Upstream server) {
    upstream = null;
    frames.serverReleased();
    // The next session's frames go to the server before this client's bytes go to the network.
    server.release(Upstream.Release.IDLE);
    client.flush();
  }

  @Override
  public void onParameter(String name, String value) {
    if (ParameterSet.carries(name)) {
      parameters = parameters.with(name, value);
      Upstream server = upstream;
      if (server != null) {
        server.applied(parameters);
      }
    }
  }

  @Override
  public void onPlanOutdated() {
    profile.statements().renew();
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    boolean told = serverSkips();
    upstream = null;
    draining = false;
    profile.forgetReported();
    if (midReply) {
      // Half a frame is out: nothing that follows it could be understood.
      end();
      client.close();
      return;
    }
    if (profile.sessionPooling()) {
      die(asFatal(error));
      return;
    }
    boolean transactionLost = status != 'I';
    status = 'I';
    frames.serverLost(error, lostSyncs, transactionLost, told);
    resume();
  }

  /** The client's transaction is gone, which its next statement, or the one in hand, must show. */
  void lose(PgError error) {
    lost = error;
  }

  /** Why the transaction is gone that the client believes in, once. */
  @Nullable PgError takeLost() {
    PgError error = lost;
    lost = null;
    return error;
  }

  /** Whether the proxy is at a statement of its own. */
  boolean isAnswering() {
    return answering != null;
  }

  private static PgError asFatal(PgError error) {
    return new PgError(
        PgError.Severity.FATAL, error.code(), error.message(), error.detail(), error.hint());
  }

  // ---- local answers -------------------------------------------------------------------------

  /** A local answer begins; frames are held until {@link #answered}. */
  void answering(Cancellable running) {
    answering = running;
  }

  /** The local answer has ended. */
  void answered() {
    answering = null;
  }

  /** Fails the transaction that the server has open, if it has one. */
  void failTransaction(boolean extended) {
    Upstream server = upstream;
    if (server == null || status != 'T' && !frames.unsynced()) {
      return;
    }
    scanner.cut();
    server.failTransaction(extended);
    if (!extended && status == 'T') {
      status = 'E';
    }
  }

  /** Lends the server to the proxy's own work. */
  void lend(Upstream server, Downstream borrower) {
    lent = true;
    server.lend(borrower);
  }

  /** Takes the server back; the status is 0 if it was lost meanwhile. */
  void takeBack(Upstream server, int reported) {
    int newStatus = reported;
    lent = false;
    if (newStatus != 0 && !closed && !server.drained()) {
      // The borrower gave up amid replies, which would go to the client now.
      server.release(Upstream.Release.BROKEN);
      newStatus = 0;
    }
    if (newStatus == 0) {
      upstream = null;
      if (!closed) {
        serverLostWhileLent();
      }
      return;
    }
    if (closed) {
      server.release(Upstream.Release.ABANDONED);
      return;
    }
    server.lend(this);
    if (!frames.unsynced()) {
      status = (byte) newStatus;
    } else if (newStatus == 'E') {
      frames.serverSkips();
    }
  }

  private void serverLostWhileLent() {
    PgError error =
        PgError.error(SqlState.CONNECTION_FAILURE, "the connection to the server was lost");
    if (status != 'I' || frames.unsynced()) {
      lose(error);
    }
    status = 'I';
    frames.serverReleased();
    if (profile.sessionPooling()) {
      die(asFatal(error));
    }
  }
}
