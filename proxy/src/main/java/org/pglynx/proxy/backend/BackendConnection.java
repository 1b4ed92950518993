package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.ProtocolException;
import org.pglynx.proxy.wire.SqlState;

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
 */
public final class BackendConnection extends Newcomer implements Upstream, FrameScanner.Visitor {
  private enum State {
    LOGGING_IN,
    IDLE,
    IN_USE,
    CLEANING,
    CLOSED
  }

  /** For {@link #retireAt}. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final ByteBuf PARSE_COMPLETE = constant(BackendTag.PARSE_COMPLETE);
  private static final ByteBuf CLOSE_COMPLETE = constant(BackendTag.CLOSE_COMPLETE);

  private final BackendTarget target;
  private final Connector connector;
  private BackendOwner owner;
  private final Executor offload;
  private final ReplyTracker tracker = new ReplyTracker(new TrackerActions(this));
  private final FrameScanner scanner = new FrameScanner(this);
  private final Cleaning cleaning = new Cleaning(this, tracker);
  private final StatementCache statements;
  private final Preparation preparation;
  private final ReportedParameters reported = new ReportedParameters();
  private final Inquiries inquiries = new Inquiries();
  private final Transactions transactions = new Transactions();
  private final CancelWords cancelWords = new CancelWords();

  private State state = State.LOGGING_IN;
  private @Nullable Channel channel;
  private @Nullable Downstream downstream;
  private @Nullable RewrittenRows rewritten;
  private @Nullable PgError ending;
  private ParameterSet applied = ParameterSet.DEFAULTS;
  private CancelKey key = CancelKey.NONE;
  private int cancels;
  private boolean cancelAtLarge;
  private boolean reading = true;
  private boolean drainWanted;
  private boolean readyPending;
  private boolean readyHeld;
  private byte readyStatus = 'I';
  private long createdNanos;
  private long idleSinceNanos;
  private long retireAtNanos;
  private long attachments;

  BackendConnection(
      BackendTarget target, Connector connector, BackendOwner owner, Executor offload) {
    this.target = target;
    this.connector = connector;
    this.owner = owner;
    this.offload = offload;
    this.statements = new StatementCache(target.statementLimit());
    this.preparation = new Preparation(statements, tracker, () -> channel().alloc(), this::send);
  }

  private static ByteBuf constant(byte tag) {
    ByteBuf frame = Unpooled.directBuffer(5);
    FrameWriter.empty(frame, tag);
    return Unpooled.unreleasableBuffer(frame).asReadOnly();
  }

  // ---- facts ---------------------------------------------------------------------------------

  /** The server and login. */
  @Override
  public BackendTarget target() {
    return target;
  }

  @Override
  public int pid() {
    return key.pid();
  }

  /** idle, active, or tested (being cleaned): the words of SHOW SERVERS. */
  public String stateName() {
    return switch (state) {
      case LOGGING_IN -> "login";
      case IDLE -> "idle";
      case IN_USE -> "active";
      case CLEANING -> "tested";
      case CLOSED -> "closed";
    };
  }

  /** The owner's clock at the end of the login. */
  public long createdNanos() {
    return createdNanos;
  }

  /** The owner's clock since when it is idle. */
  public long idleSinceNanos() {
    return idleSinceNanos;
  }

  /** When it is too old to be used again; 0 if nobody has said yet. */
  public long retireAtNanos() {
    return retireAtNanos;
  }

  /** Says when it will be too old. */
  public void retireAt(long nanos) {
    retireAtNanos = nanos;
  }

  /** Whether its server has an address that the host name does not have any more. */
  public boolean outdated() {
    return !connector.lists(target, channel().remoteAddress());
  }

  /** How often it was given to a session. */
  public long attachments() {
    return attachments;
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
    int name = offset + FrameScanner.HEADER;
    int end = offset + length;
    int nameEnd = buffer.indexOf(name, end, (byte) 0);
    int valueEnd = nameEnd < 0 ? -1 : buffer.indexOf(nameEnd + 1, end, (byte) 0);
    if (valueEnd < 0) {
      throw new ProtocolException("ParameterStatus without name and value");
    }
    String parameter = buffer.toString(name, nameEnd - name, StandardCharsets.UTF_8);
    String value = buffer.toString(nameEnd + 1, valueEnd - nameEnd - 1, StandardCharsets.UTF_8);
    Downstream receiver = downstream;
    if (receiver != null && state == State.IN_USE && !tracker.swallowing()) {
      reported.changed(parameter, value);
      receiver.onParameter(parameter, value);
    } else {
      reported.known(parameter, value);
    }
  }

  @Override
  void noteKey(byte[] body) {
    key = CancelKey.of(body);
  }

  @Override
  ChannelHandler handler() {
    return new BackendHandler(this);
  }

  @Override
  void loggedIn(Channel established, FrameScanner read) {
    channel = established;
    rewritten = new RewrittenRows(this, tracker, scanner, offload, established);
    createdNanos = owner.nanoTime();
    idleSinceNanos = createdNanos;
    state = State.IDLE;
    takeOver(read);
    owner.onConnected(this);
  }

  private void takeOver(FrameScanner read) {
    try {
      read.moveTo(scanner);
    } catch (ProtocolException e) {
      onBroken(e);
    }
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
    downstream = receiver;
    reported.settle();
    attachments++;
  }

  /**
   * Moves the idle connection to another event loop, for another loop's waiter; the new owner hears
   * {@link BackendOwner#onArrived} there, or {@link BackendOwner#onArrivalFailed}.
   */
  public void migrate(EventLoop to, BackendOwner newOwner) {
    Channel moving = channel();
    moving
        .deregister()
        .addListener(left -> {
          if (left.isSuccess()) {
            to.register(moving).addListener(arrived -> arrived(to, newOwner, arrived.isSuccess()));
          } else {
            arrived(to, newOwner, false);
          }
        });
  }

  private void arrived(EventLoop at, BackendOwner newOwner, boolean registered) {
    if (!at.inEventLoop()) {
      at.execute(() -> arrived(at, newOwner, registered));
      return;
    }
    owner = newOwner;
    if (state == State.CLOSED || !registered || !channel().isActive()) {
      state = State.CLOSED;
      scanner.stop();
      channel().close();
      newOwner.onArrivalFailed();
      return;
    }
    rewritten = new RewrittenRows(this, tracker, scanner, offload, channel());
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
      ByteBuf terminate = open.alloc().buffer(5);
      FrameWriter.empty(terminate, FrontendTag.TERMINATE);
      open.writeAndFlush(terminate);
      open.close();
    }
  }

  @Override
  public void release(Release how) {
    downstream = null;
    drainWanted = false;
    cancelWords.forget();
    Channel open = channel();
    if (!open.isActive() || state == State.CLOSED) {
      return;
    }
    reading(true);
    switch (how) {
      case IDLE -> {
        if (!drained()) {
          // Whoever used it gave up amid replies: the next one must not receive them.
          abandon();
        } else {
          state = State.CLEANING;
          settleIdle();
        }
      }
      case DIRTY -> {
        if (!drained()) {
          abandon();
        } else if (target.cleans()) {
          reset(false);
        } else {
          state = State.CLEANING;
          settleIdle();
        }
      }
      case SESSION_ENDED -> reset(readyStatus != 'I');
      case ABANDONED -> abandon();
      case BROKEN -> close();
    }
    if (readyHeld) {
      loop().execute(this::goOn);
    }
  }

  /**
   * Idle once no cancel request is under way any more: it must not hit the next session, and so one
   * that may come at any time costs the connection.
   */
  private void settleIdle() {
    if (state != State.CLEANING || cancels > 0 || cleaning.underWay() || !drained()) {
      return;
    }
    cleaning.over();
    if (cancelAtLarge) {
      close();
      return;
    }
    state = State.IDLE;
    idleSinceNanos = owner.nanoTime();
    owner.onIdle(this);
  }

  private void abandon() {
    state = State.CLEANING;
    cleaning.abandon(channel());
  }

  private void reset(boolean rollback) {
    state = State.CLEANING;
    cleaning.reset(channel(), rollback);
  }

  /** Whether it is being made fit for the next client. */
  boolean cleaning() {
    return state == State.CLEANING;
  }

  /** A reset takes statements and parameters with it. */
  void forgetSessionState() {
    preparation.forgetAll();
    applied = ParameterSet.DEFAULTS;
    reported.settle();
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
    tracker.expect(frontendTag);
  }

  @Override
  public void expectRewritten(
      byte frontendTag, RowRewrite rewrite, RowRewrite.@Nullable RowTransform rows) {
    byte code =
        switch (frontendTag) {
          case FrontendTag.QUERY -> Expected.QUERY_REWRITTEN;
          case FrontendTag.EXECUTE -> Expected.EXECUTE_REWRITTEN;
          default -> Expected.DESCRIBE_REWRITTEN;
        };
    tracker.expectRewritten(code, rewrite, rows);
  }

  @Override
  public boolean expectParse(ServerStatement statement, Runnable undo) {
    return preparation.expectParse(statement, undo);
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

  void forget(ServerStatement statement) {
    statements.remove(statement);
  }

  void restore(ServerStatement statement) {
    statements.restore(statement);
  }

  void parseFailed() {
    Downstream receiver = downstream;
    if (receiver != null) {
      receiver.onParseFailed();
    }
  }

  @Override
  public void expectFakedClose(Runnable undo) {
    tracker.expectFakedClose(undo);
  }

  @Override
  public void send(ByteBuf run) {
    channel().write(run, channel().voidPromise());
  }

  @Override
  public void flush() {
    channel().flush();
  }

  @Override
  public boolean drained() {
    return tracker.drained() && !rewritten().away() && !scanner.midFrame();
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
    drainWanted = true;
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
    return transactions.ended();
  }

  @Override
  public void failCopy(String reason) {
    ByteBuf out = channel().alloc().buffer(64);
    ServerFrames.copyFail(out, reason);
    tracker.expect(FrontendTag.COPY_FAIL);
    channel().writeAndFlush(out, channel().voidPromise());
  }

  @Override
  public void failTransaction(boolean extended) {
    ByteBuf out = channel().alloc().buffer(128);
    if (extended) {
      tracker.expectFailingBind();
      ServerFrames.failingBind(out);
    } else {
      tracker.expect(Expected.FAIL_QUERY);
      ServerFrames.failingQuery(out);
    }
    send(out);
  }

  @Override
  public void begin(byte[] definition) {
    ByteBuf out = channel().alloc().buffer(64 + definition.length);
    ServerFrames.begin(out, definition);
    tracker.expectBegin();
    send(out);
  }

  @Override
  public void rollBack() {
    ByteBuf out = channel().alloc().buffer(32);
    FrameWriter.query(out, "ROLLBACK");
    tracker.expect(Expected.APPLY);
    send(out);
  }

  @Override
  public boolean writable() {
    return channel().isWritable();
  }

  @Override
  public void reading(boolean on) {
    boolean wanted = on && !rewritten().away();
    if (wanted != reading) {
      reading = wanted;
      channel().config().setAutoRead(wanted);
    }
  }

  @Override
  public boolean midReply() {
    return scanner.midFrame();
  }

  @Override
  public void apply(ParameterSet wanted) {
    if (applied == wanted) {
      return;
    }
    // There is no way from Unicode escapes to SQL_ASCII.
    boolean escapes = !"SQL_ASCII".equals(reported.values().get("server_encoding"));
    String sql = wanted.switchFrom(applied, escapes);
    applied = wanted;
    if (!sql.isEmpty()) {
      ByteBuf out = channel().alloc().buffer(sql.length() + 32);
      // If it fails, the transaction stays open and failed: what the client has sent behind it must
      // not run with other parameters than the client's.
      FrameWriter.query(out, "BEGIN;" + sql + (sql.endsWith(";") ? "COMMIT" : ";COMMIT"));
      tracker.expect(Expected.APPLY);
      send(out);
    }
  }

  @Override
  public void applied(ParameterSet set) {
    applied = set;
    reported.settle();
  }

  @Override
  public void inquire(Inquiry inquiry) {
    String sql = inquiry.sql();
    ByteBuf out = channel().alloc().buffer(sql.length() + 16);
    FrameWriter.query(out, sql);
    inquiries.ask(inquiry);
    tracker.expect(Expected.INQUIRY);
    send(out);
  }

  @Override
  public CompletionStage<Void> cancel() {
    if (!key.known()) {
      return CompletableFuture.completedStage(null);
    }
    cancels++;
    CompletableFuture<Void> done = new CompletableFuture<>();
    EventLoop loop = loop();
    connector
        .cancel(target, channel().remoteAddress(), loop, key.pid(), key.secret())
        .whenComplete((none, late) -> {
          cancels--;
          cancelAtLarge |= late != null;
          done.complete(null);
          settleIdle();
        });
    return done;
  }

  @Override
  public void cancelReads(String message) {
    cancelWords.are(message);
  }

  @Override
  public void giveUp(PgError error) {
    ending = error;
    channel().close();
  }

  @Override
  public void lend(Downstream borrower) {
    downstream = borrower;
  }

  // ---- the server's side ---------------------------------------------------------------------

  void onRead(ByteBuf in) {
    try {
      scanner.feed(in);
      afterScan();
    } catch (ProtocolException e) {
      onBroken(e);
    }
  }

  private void afterScan() {
    if (!scanner.midFrame() && tracker.unsettled()) {
      tracker.settle();
    }
    rewritten().submit();
    Downstream receiver = downstream;
    boolean ready = readyPending;
    readyPending = false;
    if (receiver == null) {
      inquiries.forgetAnswers();
      settleIdle();
      return;
    }
    if (ready) {
      receiver.onReady(readyStatus);
    }
    inquiries.tell();
    if (drainWanted && downstream == receiver && (drained() || copyingIn())) {
      drainWanted = false;
      receiver.onDrained();
    }
  }

  void onReadComplete() {
    Downstream receiver = downstream;
    if (receiver != null) {
      receiver.onRepliesRead();
    }
  }

  void onWritabilityChanged() {
    Downstream receiver = downstream;
    if (receiver != null && writable()) {
      receiver.onServerWritable();
    }
  }

  @Override
  public int wanted(byte tag, int length) {
    settleBeforeFrame();
    return tracker.wanted(tag, length);
  }

  @Override
  public Verdict onFrame(byte tag, ByteBuf buffer, int offset, int available, int length) {
    settleBeforeFrame();
    if (tag != BackendTag.DATA_ROW && rewritten().submit()) {
      return Verdict.HOLD;
    }
    if (tag == BackendTag.PARAMETER_STATUS) {
      noteParameter(buffer, offset, length);
    } else if (tag == BackendTag.COMMAND_COMPLETE && state == State.IN_USE) {
      completed(buffer, offset + FrameScanner.HEADER);
    } else if (tag == BackendTag.ERROR && ErrorFields.outdatedPlan(buffer, offset, available)) {
      planOutdated();
    }
    if (tag == BackendTag.READY
        && state == State.IN_USE
        && readyWaits(buffer.getByte(offset + 5))) {
      return Verdict.HOLD;
    }
    Verdict verdict =
        rewritten().failing()
            ? rewritten().onReplyOfFailed(tag, buffer, offset, available)
            : tracker.onReply(tag, buffer, offset, available);
    // A frame that begins between two sessions must not end in the second one's stream.
    if (state != State.IN_USE) {
      return Verdict.DROP;
    }
    if (tag == BackendTag.ERROR && cancelWords.pending() && verdict == Verdict.FORWARD) {
      return reword(buffer, offset, available, length);
    }
    return verdict;
  }

  private Verdict reword(ByteBuf buffer, int offset, int available, int length) {
    if (available < length || !ErrorFields.canceled(buffer, offset, length)) {
      return Verdict.FORWARD;
    }
    ByteBuf out = channel().alloc().buffer(length + 64);
    cancelWords.tell(buffer, offset, length, out);
    insert(out);
    return Verdict.DROP;
  }

  private boolean readyWaits(byte status) {
    Downstream receiver = downstream;
    readyHeld = receiver != null && tracker.showsReady() && !receiver.onBeforeReady(status);
    return readyHeld;
  }

  @Override
  public void goOn() {
    if (readyHeld) {
      readyHeld = false;
      scanOn();
    }
  }

  /** A command tag: almost every statement ends here, so a comparison or two must do. */
  private void completed(ByteBuf buffer, int tag) {
    Downstream receiver = downstream;
    if (receiver == null) {
      return;
    }
    switch (buffer.getByte(tag)) {
      case 'C' -> transactions.completed(buffer, tag);
      case 'D' -> discarded(receiver, buffer, tag);
      case 'R' -> reset(receiver, ServerFrames.reads(buffer, tag, "RESET"));
      case 'S' -> reset(receiver, ServerFrames.reads(buffer, tag, "SET"));
      default -> {
        // Leaves what the proxy keeps as it is.
      }
    }
  }

  private static void reset(Downstream receiver, boolean done) {
    if (done) {
      receiver.onParametersReset();
    }
  }

  private void discarded(Downstream receiver, ByteBuf buffer, int tag) {
    boolean all = ServerFrames.reads(buffer, tag, "DISCARD ALL");
    reset(receiver, all);
    if (all || ServerFrames.reads(buffer, tag, "DEALLOCATE ALL")) {
      // The client's own cleaning has taken our statements with it.
      preparation.forgetAll();
      receiver.onDeallocatedAll();
    } else if (ServerFrames.reads(buffer, tag, "DEALLOCATE")) {
      receiver.onDeallocated();
    }
  }

  private void settleBeforeFrame() {
    if (tracker.unsettled()) {
      scanner.cut();
      tracker.settle();
    }
  }

  private void planOutdated() {
    Downstream receiver = downstream;
    if (receiver != null) {
      receiver.onPlanOutdated();
    }
  }

  @Override
  public void onRun(ByteBuf run) {
    Downstream receiver = downstream;
    if (receiver == null || state != State.IN_USE) {
      run.release();
    } else {
      receiver.onReplies(run);
    }
  }

  /** Gives whether the client is to see it. */
  boolean ready(byte status) {
    readyPending = state == State.IN_USE;
    readyStatus = status;
    transactions.ready(status);
    if (cancels == 0) {
      cancelWords.forget();
    }
    Downstream receiver = downstream;
    return status == 'I' || receiver == null || !receiver.refusesBlocks();
  }

  void insert(ByteBuf frames) {
    scanner.cut();
    onRun(frames);
  }

  void insertParseComplete() {
    insert(PARSE_COMPLETE.duplicate());
  }

  void insertCloseComplete() {
    insert(CLOSE_COMPLETE.duplicate());
  }

  void rewriteDescription(RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
    ByteBuf out = channel().alloc().buffer(length + 64);
    rewrite.describe(buffer.slice(offset, length), out);
    insert(out);
  }

  Verdict rewriteRow(RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length) {
    return rewritten().add(rows, buffer, offset, length);
  }

  /** Rows have come back: the server may be read again. */
  void readOn() {
    if (state != State.CLOSED) {
      reading(true);
    }
  }

  /** Frames that were held for rows are looked at again. */
  void scanOn() {
    if (state == State.CLOSED) {
      return;
    }
    try {
      scanner.resume();
      afterScan();
    } catch (ProtocolException e) {
      onBroken(e);
    }
    onReadComplete();
  }

  /** Whether a session has it. */
  boolean inUse() {
    return state == State.IN_USE;
  }

  void fatal(PgError error) {
    ending = error;
  }

  void onBroken(Throwable cause) {
    if (ending == null) {
      ending =
          PgError.error(
              SqlState.CONNECTION_FAILURE,
              "lost the connection to the server at "
                  + target.describe()
                  + ": "
                  + cause.getMessage());
    }
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }

  void onInactive() {
    if (state == State.CLOSED) {
      return;
    }
    boolean used = state == State.IN_USE;
    state = State.CLOSED;
    rewritten().discard();
    Downstream receiver = downstream;
    downstream = null;
    owner.onClosed(this);
    int lostSyncs = tracker.lostSyncs();
    boolean midReply = scanner.midFrame();
    tracker.lost();
    scanner.stop();
    if (used && receiver != null) {
      receiver.onLost(lostError(), lostSyncs, midReply);
    }
  }

  /** The server is in no transaction, and skips; to close it is the quickest way out of that. */
  void beginFailed(PgError error) {
    Downstream receiver = downstream;
    if (receiver != null) {
      receiver.onBeginFailed();
    }
    ending = error;
    channel().close();
  }

  /**
   * The client asked for a value that this server refuses. What was sent behind it fails in the
   * transaction that has failed; it is drained and rolled back, and the connection lives on.
   */
  void applyFailed(PgError error) {
    Downstream receiver = downstream;
    if (receiver == null) {
      return;
    }
    int lostSyncs = tracker.lostSyncs();
    release(receiver.midFrame() ? Release.BROKEN : Release.ABANDONED);
    receiver.onLost(error, lostSyncs, false);
  }

  private PgError lostError() {
    PgError told = ending;
    if (told != null) {
      return told;
    }
    return PgError.error(
            SqlState.CONNECTION_FAILURE,
            "the server at " + target.describe() + " closed the connection unexpectedly")
        .withHint(
            "The statement may or may not have taken effect; later statements are sent again.");
  }

  private Channel channel() {
    Channel open = channel;
    if (open == null) {
      throw new IllegalStateException("not connected yet");
    }
    return open;
  }

  private RewrittenRows rewritten() {
    RewrittenRows rows = rewritten;
    if (rows == null) {
      throw new IllegalStateException("not connected yet");
    }
    return rows;
  }
}
