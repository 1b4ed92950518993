package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
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
public final class BackendConnection implements Upstream, FrameScanner.Visitor {
  private enum State {
    LOGGING_IN,
    IDLE,
    IN_USE,
    CLEANING,
    CLOSED
  }

  /** Longer than any reset takes, and short enough for a pool to miss the connection. */
  private static final int CLEANING_SECONDS = 10;

  private static final ByteBuf PARSE_COMPLETE = constant(BackendTag.PARSE_COMPLETE);
  private static final ByteBuf CLOSE_COMPLETE = constant(BackendTag.CLOSE_COMPLETE);

  /**
   * Always an error, inside a transaction block and outside, and recognisable in a server's log.
   */
  private static final String FAILING_STATEMENT =
      "ROLLBACK TO SAVEPOINT \"pglynx: a statement that the proxy answered has failed\"";

  /** When the first cancel request is repeated; each later one waits twice as long. */
  private static final long CANCEL_AGAIN_MILLIS = 50;

  private final BackendTarget target;
  private final Connector connector;
  private BackendOwner owner;
  private final Executor offload;
  private final ReplyTracker tracker = new ReplyTracker(new TrackerActions(this));
  private final FrameScanner scanner = new FrameScanner(this);
  private final StatementCache statements;
  private final Map<String, String> reported = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Dirt dirt = new Dirt();

  private State state = State.LOGGING_IN;
  private @Nullable Channel channel;
  private @Nullable Downstream downstream;
  private @Nullable RowBatch batch;
  private @Nullable PgError ending;
  private @Nullable PgError rowsFailed;
  private ParameterSet applied = ParameterSet.DEFAULTS;
  private int pid;
  private byte[] key = new byte[0];
  private int cancels;
  private int resets;
  private @Nullable ScheduledFuture<?> cleaningLimit;
  private boolean reading = true;
  private boolean drainWanted;
  private boolean readyPending;
  private byte readyStatus = 'I';
  private long createdNanos;
  private long idleSinceNanos;
  private long attachments;

  BackendConnection(
      BackendTarget target, Connector connector, BackendOwner owner, Executor offload) {
    this.target = target;
    this.connector = connector;
    this.owner = owner;
    this.offload = offload;
    this.statements = new StatementCache(target.statementLimit());
  }

  private static ByteBuf constant(byte tag) {
    ByteBuf frame = Unpooled.directBuffer(5);
    FrameWriter.empty(frame, tag);
    return Unpooled.unreleasableBuffer(frame).asReadOnly();
  }

  // ---- facts ---------------------------------------------------------------------------------

  /** The server and login. */
  public BackendTarget target() {
    return target;
  }

  /** The server's process id, as in pg_stat_activity. */
  public int pid() {
    return pid;
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

  /** System.nanoTime() of the end of the login. */
  public long createdNanos() {
    return createdNanos;
  }

  /** System.nanoTime() since when it is idle. */
  public long idleSinceNanos() {
    return idleSinceNanos;
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
    return Collections.unmodifiableMap(reported);
  }

  // ---- login ---------------------------------------------------------------------------------

  void noteParameter(ByteBuf buffer, int offset, int length) {
    int name = offset + FrameScanner.HEADER;
    int end = offset + length;
    int nameEnd = buffer.indexOf(name, end, (byte) 0);
    int valueEnd = nameEnd < 0 ? -1 : buffer.indexOf(nameEnd + 1, end, (byte) 0);
    if (valueEnd < 0) {
      throw new ProtocolException("ParameterStatus without name and value");
    }
    String key = buffer.toString(name, nameEnd - name, StandardCharsets.UTF_8);
    String value = buffer.toString(nameEnd + 1, valueEnd - nameEnd - 1, StandardCharsets.UTF_8);
    reported.put(key, value);
    Downstream receiver = downstream;
    if (receiver != null && state == State.IN_USE && !tracker.swallowing()) {
      if (ParameterSet.carries(key)) {
        dirt.parameterReported();
      }
      receiver.onParameter(key, value);
    }
  }

  void noteKey(byte[] body) {
    if (body.length < 8) {
      throw new ProtocolException("BackendKeyData of " + body.length + " bytes");
    }
    pid = ByteBuffer.wrap(body).getInt();
    key = Arrays.copyOfRange(body, 4, body.length);
  }

  void loggedIn(Channel established) {
    channel = established;
    batch = new RowBatch(offload, established.eventLoop(), established.alloc());
    createdNanos = System.nanoTime();
    idleSinceNanos = createdNanos;
    state = State.IDLE;
    owner.onConnected(this);
  }

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
    attachments++;
  }

  /**
   * Moves the idle connection to another event loop, for another loop's waiter; the new owner hears
   * {@link BackendOwner#onConnected} there, or the old one {@link BackendOwner#onClosed}.
   */
  public void migrate(EventLoop to, BackendOwner newOwner) {
    Channel moving = channel();
    moving
        .deregister()
        .addListener(left -> {
          if (!left.isSuccess()) {
            moving.close();
            return;
          }
          to.register(moving).addListener(arrived -> arrived(to, newOwner, arrived.isSuccess()));
        });
  }

  private void arrived(EventLoop at, BackendOwner newOwner, boolean registered) {
    if (!at.inEventLoop()) {
      at.execute(() -> arrived(at, newOwner, registered));
      return;
    }
    owner = newOwner;
    batch = new RowBatch(offload, at, channel().alloc());
    newOwner.onConnected(this);
    if (!registered || !channel().isActive()) {
      channel().close();
      onInactive();
    }
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
        } else if (dirt.any() && target.cleans()) {
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
  }

  /** Idle once no cancel request is under way any more: it must not hit the next session. */
  private void settleIdle() {
    if (state != State.CLEANING || cancels > 0 || resets > 0 || !drained()) {
      return;
    }
    ScheduledFuture<?> limit = cleaningLimit;
    if (limit != null) {
      cleaningLimit = null;
      limit.cancel(false);
    }
    state = State.IDLE;
    idleSinceNanos = System.nanoTime();
    owner.onIdle(this);
  }

  private void abandon() {
    boolean busy = !tracker.drained();
    // The client left amid a batch: end its COPY and its batch, and go on with a clean connection.
    ByteBuf out = channel().alloc().buffer(64);
    int mark = FrameWriter.begin(out, FrontendTag.COPY_FAIL);
    FrameWriter.cstring(out, "the client has left");
    FrameWriter.finish(out, mark);
    tracker.expect(FrontendTag.COPY_FAIL);
    if (tracker.batchOpen()) {
      // Sync alone would commit what the client had no time to commit.
      failBatch(out);
    }
    FrameWriter.empty(out, FrontendTag.SYNC);
    tracker.expect(FrontendTag.SYNC);
    channel().write(out, channel().voidPromise());
    reset(true);
    if (busy) {
      cancelAbandoned(CANCEL_AGAIN_MILLIS);
    }
  }

  /**
   * Cancels until only the cleaning is left. One request is not enough: the server ignores one that
   * overtakes its statement, and of a pipeline it ends a single statement.
   */
  private void cancelAbandoned(long againMillis) {
    if (state != State.CLEANING || tracker.onlyReset()) {
      return;
    }
    cancel();
    loop().schedule(() -> cancelAbandoned(againMillis * 2), againMillis, TimeUnit.MILLISECONDS);
  }

  private void reset(boolean rollback) {
    state = State.CLEANING;
    ByteBuf out = channel().alloc().buffer(64);
    // DISCARD ALL must stand alone: it cannot run inside the implicit transaction of two
    // statements.
    if (rollback) {
      resetQuery(out, "ROLLBACK");
    }
    resetQuery(out, "DISCARD ALL");
    statements.clear();
    applied = ParameterSet.DEFAULTS;
    dirt.clear();
    channel().writeAndFlush(out, channel().voidPromise());
    Channel cleaning = channel();
    cleaningLimit =
        cleaning.eventLoop().schedule(() -> cleaning.close(), CLEANING_SECONDS, TimeUnit.SECONDS);
  }

  private void resetQuery(ByteBuf out, String sql) {
    FrameWriter.query(out, sql);
    tracker.expect(Expected.RESET);
    resets++;
  }

  void resetDone() {
    resets--;
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
    if (tracker.skipping()) {
      undo.run();
      return false;
    }
    if (statements.uses(statement)) {
      tracker.expectParse(Expected.FAKE_PARSE, statement, undo);
      return false;
    }
    remember(statement);
    tracker.expectParse(Expected.NAMED_PARSE, statement, undo);
    return true;
  }

  @Override
  public void ensurePrepared(ServerStatement statement) {
    if (statements.uses(statement) || tracker.skipping()) {
      return;
    }
    remember(statement);
    ByteBuf out = channel().alloc().buffer(32 + statement.definition().length);
    int mark = FrameWriter.begin(out, FrontendTag.PARSE);
    out.writeBytes(statement.name()).writeByte(0).writeBytes(statement.definition());
    FrameWriter.finish(out, mark);
    tracker.expectParse(Expected.INJECTED_PARSE, statement, () -> {});
    send(out);
  }

  private void remember(ServerStatement statement) {
    ServerStatement evicted = statements.add(statement);
    if (evicted != null) {
      ByteBuf out = channel().alloc().buffer(16 + evicted.name().length);
      int mark = FrameWriter.begin(out, FrontendTag.CLOSE);
      out.writeByte('S').writeBytes(evicted.name()).writeByte(0);
      FrameWriter.finish(out, mark);
      tracker.expectInjectedClose(evicted);
      send(out);
    }
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
    return tracker.drained() && !batch().away() && !scanner.midFrame();
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
  public void failTransaction(boolean extended) {
    ByteBuf out = channel().alloc().buffer(128);
    if (extended) {
      failBatch(out);
    } else {
      FrameWriter.query(out, FAILING_STATEMENT);
      tracker.expect(Expected.FAIL_QUERY);
    }
    send(out);
  }

  private void failBatch(ByteBuf out) {
    int mark = FrameWriter.begin(out, FrontendTag.PARSE);
    out.writeByte(0);
    FrameWriter.cstring(out, FAILING_STATEMENT);
    out.writeShort(0);
    FrameWriter.finish(out, mark);
    tracker.expect(Expected.FAIL_PARSE);
    executeUnnamed(out);
  }

  /** Parsing alone raises nothing: the statement must run to fail. */
  private void executeUnnamed(ByteBuf out) {
    int bind = FrameWriter.begin(out, FrontendTag.BIND);
    out.writeZero(2).writeShort(0).writeShort(0).writeShort(0);
    FrameWriter.finish(out, bind);
    tracker.expect(Expected.FAIL_PARSE);
    int execute = FrameWriter.begin(out, FrontendTag.EXECUTE);
    out.writeByte(0).writeInt(0);
    FrameWriter.finish(out, execute);
    tracker.expect(Expected.FAIL_PARSE);
  }

  @Override
  public boolean writable() {
    return channel().isWritable();
  }

  @Override
  public void reading(boolean on) {
    boolean wanted = on && !batch().away();
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
    String sql = wanted.switchFrom(applied);
    applied = wanted;
    if (!sql.isEmpty()) {
      ByteBuf out = channel().alloc().buffer(sql.length() + 16);
      FrameWriter.query(out, sql);
      tracker.expect(Expected.APPLY);
      send(out);
    }
  }

  @Override
  public void applied(ParameterSet set) {
    applied = set;
  }

  @Override
  public CompletionStage<Void> cancel() {
    cancels++;
    CompletableFuture<Void> done = new CompletableFuture<>();
    EventLoop loop = loop();
    connector
        .cancel(target, loop, pid, key)
        .thenRun(() -> {
          cancels--;
          done.complete(null);
          settleIdle();
        });
    return done;
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
    if (!batch().isEmpty()) {
      submitRows();
    }
    Downstream receiver = downstream;
    boolean ready = readyPending;
    readyPending = false;
    if (receiver == null) {
      settleIdle();
      return;
    }
    if (ready) {
      receiver.onReady(readyStatus);
    }
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
    if (!batch().isEmpty() && tag != BackendTag.DATA_ROW) {
      submitRows();
      return Verdict.HOLD;
    }
    if (tag == BackendTag.PARAMETER_STATUS) {
      noteParameter(buffer, offset, length);
    } else if (tag == BackendTag.COMMAND_COMPLETE && state == State.IN_USE) {
      dirt.completed(buffer, offset + FrameScanner.HEADER, statements);
    } else if (tag == BackendTag.ERROR && ErrorFields.outdatedPlan(buffer, offset, available)) {
      planOutdated();
    }
    Verdict verdict =
        rowsFailed == null
            ? tracker.onReply(tag, buffer, offset, available)
            : onReplyOfFailed(tag, buffer, offset, available);
    // A frame that begins between two sessions must not end in the second one's stream.
    return state == State.IN_USE ? verdict : Verdict.DROP;
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

  void ready(byte status) {
    dirt.ready();
    readyPending = state == State.IN_USE;
    readyStatus = status;
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
    batch().add(rows, buffer, offset, length);
    return Verdict.DROP;
  }

  private void submitRows() {
    scanner.pause();
    batch().submit(new BatchReceiver(this));
    reading(false);
  }

  void rowsTransformed(ByteBuf rows) {
    if (state != State.CLOSED) {
      reading(true);
    }
    onRun(rows);
    continueRows();
  }

  /** For the client the statement ends here; on the server it runs to its end unseen. */
  void rowsFailed(PgError error) {
    if (state != State.CLOSED) {
      reading(true);
    }
    rowsFailed = error;
    ByteBuf out = channel().alloc().buffer(256);
    FrameWriter.error(out, error);
    onRun(out);
    continueRows();
  }

  private void continueRows() {
    if (state == State.CLOSED) {
      return;
    }
    scanner.resume();
    afterScan();
    onReadComplete();
  }

  /**
   * The client has been told that its statement failed, so it sees nothing more until
   * ReadyForQuery; and if that finds a transaction open, the transaction is failed first.
   */
  private Verdict onReplyOfFailed(byte tag, ByteBuf buffer, int offset, int length) {
    if (tag != BackendTag.READY) {
      boolean executing = tracker.executingRewritten();
      if (tag == BackendTag.DATA_ROW && executing) {
        return Verdict.DROP;
      }
      tracker.onReply(tag, buffer, offset, length);
      if (executing && !tracker.executingRewritten()) {
        rowsFailed = null;
        failUnlessSkipping();
      }
      return Verdict.DROP;
    }
    rowsFailed = null;
    if (buffer.getByte(offset + FrameScanner.HEADER) != 'T') {
      return tracker.onReply(tag, buffer, offset, length);
    }
    tracker.swallowReady();
    ByteBuf out = channel().alloc().buffer(128);
    FrameWriter.query(out, FAILING_STATEMENT);
    tracker.expect(Expected.FAIL_QUERY_SHOWN);
    send(out);
    flush();
    return Verdict.DROP;
  }

  /** In the extended protocol the batch fails with the rows: all of it, and the rest is skipped. */
  private void failUnlessSkipping() {
    if (state == State.IN_USE && !tracker.skipping()) {
      failTransaction(true);
      flush();
    }
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
    batch().discard();
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

  void applyFailed(PgError error) {
    // The client asked for a value that the server refuses: Postgres would have refused the login.
    applied = ParameterSet.DEFAULTS;
    ending = error;
    channel().close();
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

  private RowBatch batch() {
    RowBatch rows = batch;
    if (rows == null) {
      throw new IllegalStateException("not connected yet");
    }
    return rows;
  }

  private record BatchReceiver(BackendConnection connection) implements RowBatch.Receiver {
    @Override
    public void transformed(ByteBuf rows) {
      connection.rowsTransformed(rows);
    }

    @Override
    public void failed(PgError error) {
      connection.rowsFailed(error);
    }
  }
}
