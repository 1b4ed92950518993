package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.stats.ServerWork;
import org.pglynx.proxy.stats.Socket;
import org.pglynx.proxy.transport.ConnectionNames;
import org.pglynx.proxy.transport.WayOut;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;

/**
 * A connection to a server as an {@link Upstream}. Confined to its event loop.
 *
 * <pre>
 *              attach()                    release(IDLE), clean
 *   IDLE ──────────────────► IN_USE ─────────────────────────────► IDLE
 *    ▲                         │ release(), dirty or abandoned
 *    │   replies of the reset  ▼
 *    └───────────────────── CLEANING ── too slow, error ──► CLOSED  (also from any state: EOF)
 * </pre>
 *
 * <p>What the server sends is {@link ReplyStream}'s; the statements it knows are {@link
 * Preparation}'s, what else the proxy asks of it {@link OwnRequests}', the way back to IDLE {@link
 * Cleaning}'s.
 */
public final class BackendConnection extends Newcomer implements Upstream {
  private enum State {
    LOGGING_IN,
    IDLE,
    IN_USE,
    CLEANING,
    CLOSED
  }

  private final BackendTarget target;
  private final Connector connector;
  private BackendOwner owner;
  private final Executor offload;
  private final ReplyTracker tracker = new ReplyTracker(new TrackerActions(this));
  private final Cleaning cleaning = new Cleaning(this, tracker);
  private final ReportedParameters reported = new ReportedParameters();
  private final Inquiries inquiries = new Inquiries();
  private final CancelRequests cancels;
  private final StatementCache statements;
  private final Preparation preparation;
  private final OwnRequests own;
  private final ReplyStream replies;
  private final Ending ending;
  private final Lifetime lifetime = new Lifetime();

  private State state = State.LOGGING_IN;
  private @Nullable Channel channel;
  private WayOut out = WayOut.PIPELINE;
  private boolean reading = true;
  private boolean closedHere;
  private long attachments;
  private long statementCount;
  private long sent;

  BackendConnection(
      BackendTarget target, Connector connector, BackendOwner owner, Executor offload) {
    this.target = target;
    this.connector = connector;
    this.owner = owner;
    this.offload = offload;
    this.statements = new StatementCache(target.statementLimit());
    this.preparation =
        new Preparation(
            statements, tracker, this::allocator, this::send, () -> this.owner.onPrepared());
    this.own = new OwnRequests(tracker, reported, inquiries, this::allocator, this::send);
    this.cancels = new CancelRequests(target, connector, this::settleIdle);
    this.replies = new ReplyStream(this, tracker, preparation, reported, inquiries, cancels);
    this.ending = new Ending(target);
  }

  // ---- facts ---------------------------------------------------------------------------------

  /** The server and login. */
  @Override
  public BackendTarget target() {
    return target;
  }

  @Override
  public int pid() {
    return cancels.pid();
  }

  @Override
  public String ptr() {
    return socket().ptr();
  }

  /** Which connection it is. */
  public Socket socket() {
    return ConnectionNames.of(channel);
  }

  @Override
  public String describe() {
    return target.host() + ":" + target.port();
  }

  /** idle, active, or tested (being cleaned): the words of SHOW SERVERS. */
  public String stateName() {
    return switch (state) {
      case LOGGING_IN -> "login";
      case IDLE -> "idle";
      case IN_USE -> "active";
      case CLEANING -> cancels.anyUnderWay() && drained() ? "being_canceled" : "tested";
      case CLOSED -> "closed";
    };
  }

  /** Cancel requests that are on their way to the server. */
  public int cancels() {
    return cancels.underWay();
  }

  /** Since when it is there, is idle, and how long it may be used. */
  public Lifetime lifetime() {
    return lifetime;
  }

  /** Whether its server has an address that the host name does not have any more. */
  public boolean outdated() {
    return !connector.lists(target, channel().remoteAddress());
  }

  /** Whether the proxy has ended it, and not the server or the network. */
  public boolean closedHere() {
    return closedHere;
  }

  /** How often it was given to a session. */
  public long attachments() {
    return attachments;
  }

  /** What it has done so far. */
  public ServerWork work() {
    return new ServerWork(
        replies.transactions(), statementCount, sent, replies.received(), preparation.asked());
  }

  /** How many prepared statements it holds for the proxy. */
  public int preparedStatements() {
    return statements.size();
  }

  /** The connection's event loop. */
  public EventLoop loop() {
    return channel().eventLoop();
  }

  @Override
  public Map<String, String> reported() {
    return reported.values();
  }

  @Override
  public boolean parametersChanged() {
    return reported.anyChanged();
  }

  /** Version and cipher as PgBouncer shows them; empty for a plain connection. */
  public String tls() {
    return ChannelTls.describe(channel());
  }

  Inquiries inquiries() {
    return inquiries;
  }

  StatementCache statements() {
    return statements;
  }

  /** What the server sends. */
  ReplyStream replies() {
    return replies;
  }

  /** Why it ends. */
  Ending ending() {
    return ending;
  }

  ByteBufAllocator allocator() {
    return channel().alloc();
  }

  // ---- login ---------------------------------------------------------------------------------

  @Override
  Map<String, String> asked() {
    // No application_name of our own: a client that gives none has none, as in Postgres.
    Map<String, String> asked = new LinkedHashMap<>(target.parameters());
    asked.put("client_encoding", "UTF8");
    return asked;
  }

  @Override
  void noteParameter(ByteBuf buffer, int offset, int length) {
    replies.onParameter(buffer, offset, length);
  }

  @Override
  void noteKey(byte[] body) {
    cancels.key(CancelKey.of(body));
  }

  @Override
  ChannelHandler handler() {
    return new BackendHandler(this);
  }

  @Override
  void loggedIn(Channel established, FrameScanner read) {
    channel = established;
    out = ChannelTls.wayOut(established);
    replies.comeFrom(established, offload);
    lifetime.created(owner.nanoTime());
    state = State.IDLE;
    replies.takeOver(read);
    owner.onConnected(this);
  }

  @Override
  void loginFailed(PgError error) {
    state = State.CLOSED;
    owner.onConnectFailed(error);
  }

  // ---- the pool's side -----------------------------------------------------------------------

  /** Gives the idle connection to a session. */
  public void attach(Downstream receiver) {
    if (state != State.IDLE) {
      throw new IllegalStateException("attach to a connection that is " + stateName());
    }
    state = State.IN_USE;
    replies.to(receiver);
    reported.settle();
    attachments++;
  }

  /**
   * Moves the idle connection to another event loop, for another loop's waiter; the new owner hears
   * {@link BackendOwner#onArrived} there, or {@link BackendOwner#onArrivalFailed}.
   */
  public void migrate(EventLoop to, BackendOwner newOwner) {
    LoopMove.begin(channel(), to, registered -> arrived(newOwner, registered));
  }

  private void arrived(BackendOwner newOwner, boolean registered) {
    owner = newOwner;
    if (state == State.CLOSED || !registered || !channel().isActive()) {
      state = State.CLOSED;
      replies.stop();
      channel().close();
      newOwner.onArrivalFailed();
      return;
    }
    replies.comeFrom(channel(), offload);
    channel().config().setAutoRead(true);
    newOwner.onArrived(this);
  }

  /**
   * Asks the idle connection whether it still works; the owner hears {@link BackendOwner#onIdle},
   * or {@link BackendOwner#onClosed} if it does not answer in time.
   *
   * @param sql what is asked; blanks ask an empty query
   */
  public void check(String sql, long timeoutNanos) {
    state = State.CLEANING;
    cleaning.check(channel(), sql, timeoutNanos);
  }

  /** Closes the connection; a session that uses it hears {@link Downstream#onLost}. */
  public void close() {
    Channel open = channel;
    if (open != null && open.isActive()) {
      closedHere = true;
      ByteBuf terminate = open.alloc().buffer(5);
      FrameWriter.empty(terminate, FrontendTag.TERMINATE);
      open.writeAndFlush(terminate);
      open.close();
    }
  }

  @Override
  public void release(Release how) {
    replies.toNobody();
    cancels.words().forget();
    Channel open = channel();
    if (!open.isActive() || state == State.CLOSED) {
      return;
    }
    reading(true);
    switch (how) {
      case IDLE -> comeBack(false);
      case DIRTY -> comeBack(target.cleans());
      case SESSION_ENDED -> reset(replies.status() != 'I');
      case ABANDONED -> abandon();
      case BROKEN -> close();
    }
    if (replies.readyHeld()) {
      loop().execute(replies::goOn);
    }
  }

  private void comeBack(boolean dirty) {
    if (!drained()) {
      // Whoever used it gave up amid replies: the next one must not receive them.
      abandon();
    } else if (dirty) {
      reset(false);
    } else {
      state = State.CLEANING;
      settleIdle();
    }
  }

  /**
   * Idle once no cancel request is under way any more: it must not hit the next session, and so one
   * that may come at any time costs the connection.
   */
  void settleIdle() {
    if (state != State.CLEANING || cancels.anyUnderWay() || cleaning.underWay() || !drained()) {
      return;
    }
    if (!channel().isActive()) {
      // It has just ended, of which it hears next: nobody may get it now.
      return;
    }
    if (cancels.atLarge()) {
      close();
      return;
    }
    if (cleaning.draining()) {
      cleaning.drained(channel(), replies.status() != 'I');
      return;
    }
    cleaning.over();
    state = State.IDLE;
    lifetime.idle(owner.nanoTime());
    owner.onIdle(this);
  }

  private void abandon() {
    state = State.CLEANING;
    cleaning.abandon(channel(), cancels.anyUnderWay());
  }

  private void reset(boolean rollback) {
    state = State.CLEANING;
    if (cancels.anyUnderWay()) {
      cleaning.drain(channel());
    } else {
      cleaning.reset(channel(), rollback);
    }
  }

  /** Whether it is being made fit for the next client. */
  boolean cleaning() {
    return state == State.CLEANING;
  }

  /** A reset takes statements and parameters with it. */
  void forgetSessionState() {
    preparation.forgetAll();
    own.applied(ParameterSet.DEFAULTS);
  }

  void resetDone() {
    cleaning.stepDone();
  }

  /** What the last client left could not be cleaned away, so nobody else may get it. */
  void resetFailed(PgError error) {
    onBroken(error.toException());
  }

  // ---- the session's side --------------------------------------------------------------------

  @Override
  public void expect(byte frontendTag) {
    if (frontendTag == FrontendTag.QUERY || frontendTag == FrontendTag.EXECUTE) {
      statementCount++;
    }
    tracker.expect(frontendTag);
  }

  @Override
  public void expectRewritten(
      byte frontendTag, RowRewrite rewrite, RowRewrite.@Nullable RowTransform rows) {
    if (frontendTag == FrontendTag.QUERY || frontendTag == FrontendTag.EXECUTE) {
      statementCount++;
    }
    tracker.expectRewritten(Expected.rewritten(frontendTag), rewrite, rows);
  }

  @Override
  public boolean expectParse(ServerStatement statement, RowRewrite rewrite, Runnable undo) {
    return preparation.expectParse(statement, rewrite, undo);
  }

  @Override
  public void parse(ServerStatement statement, Parsing parsing) {
    preparation.parse(statement, parsing);
  }

  @Override
  public void ensurePrepared(ServerStatement statement) {
    preparation.ensurePrepared(statement);
  }

  @Override
  public void verify(ServerStatement statement) {
    preparation.verify(statement);
  }

  @Override
  public boolean verified(ServerStatement statement) {
    return preparation.verified(statement);
  }

  @Override
  public void ensurePreparedForQuery(Iterable<ServerStatement> wanted) {
    preparation.ensurePreparedForQuery(wanted);
  }

  @Override
  public void deallocated(ServerStatement statement) {
    statements.remove(statement);
  }

  @Override
  public void parseUnnamed(byte[] definition, Runnable undo) {
    preparation.parseUnnamed(definition, undo);
  }

  @Override
  public void expectFakedClose(Runnable undo) {
    tracker.expectFakedClose(undo);
  }

  @Override
  public void send(ByteBuf run) {
    sent += run.readableBytes();
    out.write(channel(), run);
  }

  @Override
  public void flush() {
    out.flush(channel());
  }

  @Override
  public boolean drained() {
    return replies.drained();
  }

  @Override
  public boolean skipping() {
    return tracker.skipping();
  }

  @Override
  public boolean copyingIn() {
    return tracker.copyingIn();
  }

  @Override
  public void drain() {
    replies.tellDrained();
    ByteBuf out = channel().alloc().buffer(5);
    FrameWriter.empty(out, FrontendTag.FLUSH);
    channel().writeAndFlush(out, channel().voidPromise());
  }

  @Override
  public long answered() {
    return tracker.answered();
  }

  @Override
  public long transactions() {
    return replies.transactions();
  }

  @Override
  public void failCopy(String reason) {
    own.failCopy(reason);
    flush();
  }

  @Override
  public void failTransaction(boolean extended) {
    own.failTransaction(extended);
  }

  @Override
  public void begin(byte[] definition) {
    preparation.begin(definition);
  }

  @Override
  public void rollBack() {
    own.rollBack();
  }

  @Override
  public boolean writable() {
    return channel().isWritable();
  }

  @Override
  public void reading(boolean on) {
    boolean wanted = on && !replies.stopped();
    if (wanted != reading) {
      reading = wanted;
      channel().config().setAutoRead(wanted);
    }
  }

  @Override
  public boolean midReply() {
    return replies.midReply();
  }

  @Override
  public void apply(ParameterSet wanted) {
    own.apply(wanted);
  }

  @Override
  public void applied(ParameterSet set) {
    own.applied(set);
  }

  @Override
  public void inquire(Inquiry inquiry) {
    own.inquire(inquiry);
  }

  @Override
  public CompletionStage<Void> cancel() {
    return cancels.send(channel());
  }

  @Override
  public void cancelReads(String message) {
    cancels.words().are(message);
  }

  @Override
  public void giveUp(PgError error) {
    closedHere = true;
    ending.is(error);
    channel().close();
  }

  @Override
  public void lend(Downstream borrower) {
    replies.to(borrower);
    // Whoever had it may have a client that took nothing.
    reading(true);
  }

  // ---- the server's side ---------------------------------------------------------------------

  void onWritabilityChanged() {
    Downstream receiver = replies.receiver();
    if (receiver != null && writable()) {
      receiver.onServerWritable();
    }
  }

  @Override
  public void goOn() {
    replies.goOn();
  }

  /** Rows have come back: the server may be read again. */
  void readOn() {
    if (state != State.CLOSED) {
      reading(true);
    }
  }

  void onBroken(Throwable cause) {
    ending.broken(cause);
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }

  void onInactive() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    replies.rewritten().discard();
    Downstream receiver = replies.receiver();
    replies.toNobody();
    owner.onClosed(this);
    int lostSyncs = tracker.lostSyncs();
    boolean midReply = replies.midReply();
    tracker.lost();
    replies.stop();
    if (receiver != null) {
      receiver.onLost(ending.error(), lostSyncs, midReply);
    }
  }

  /** The server is in no transaction, and skips; to close it is the quickest way out of that. */
  void beginFailed(PgError error) {
    Downstream receiver = replies.receiver();
    if (receiver != null) {
      receiver.onBeginFailed();
    }
    ending.is(error);
    channel().close();
  }

  /**
   * The client asked for a value that this server refuses. What was sent behind it fails in the
   * transaction that has failed; it is drained and rolled back, and the connection lives on.
   */
  void applyFailed(PgError error) {
    Downstream receiver = replies.receiver();
    if (receiver == null) {
      return;
    }
    int lostSyncs = tracker.lostSyncs();
    release(receiver.midFrame() ? Release.BROKEN : Release.ABANDONED);
    receiver.onLost(error, lostSyncs, false);
  }

  private Channel channel() {
    Channel open = channel;
    if (open == null) {
      throw new IllegalStateException("not connected yet");
    }
    return open;
  }
}
