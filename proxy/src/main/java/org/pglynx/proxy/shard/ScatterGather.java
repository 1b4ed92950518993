package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.commit.Outcome;
import org.pglynx.proxy.commit.Participant;
import org.pglynx.proxy.commit.TwoPhaseCommit;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.CommitEnd;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Several servers, one of each of some shards, as one upstream: those that it is aimed at get all
 * that is sent, and their replies become one stream as they arrive. Confined to the session's event
 * loop, on which all the connections are.
 *
 * <pre>
 *             all that are wanted are there         aim(), once drained
 *   GATHERING ─────────────────────────────► IN USE ◄──────────────────┐
 *                                             │  └── more are wanted ──┘
 *                                             └── release(), or one is lost ──► OVER
 * </pre>
 *
 * <p>What writes on several and is in no transaction of the client's is in one of its own: see
 * {@link OwnTransaction}.
 *
 * <p>Backpressure: all are not read while the client takes no more, and one is not while it is
 * ahead of others. The client is not read while one of them takes no more.
 */
final class ScatterGather implements Spread {
  private Downstream receiver;
  private final ShardServers servers;
  private final List<ShardPart> parts;
  private List<ShardPart> active = List.of();
  private final ReplyMerger merger;
  private final Detour detour = new Detour(this);
  private final OwnTransaction own;
  private final ArrayDeque<Byte> statuses = new ArrayDeque<>();
  private int told;
  private int announcedReadies;
  private int cancelling;
  private boolean drainWanted;
  private boolean resuming;
  private boolean over;
  private boolean beginFailed;
  private boolean inBlock;
  private boolean committing;
  private @Nullable Release releasing;
  private @Nullable Split split;

  ScatterGather(Downstream receiver, ShardServers servers) {
    this.receiver = receiver;
    this.servers = servers;
    int shards = servers.shards().size();
    this.parts = IntStream.range(0, shards).mapToObj(i -> new ShardPart(this, i)).toList();
    this.merger = new ReplyMerger(this, shards);
    this.own = new OwnTransaction(this, merger);
  }

  // ---- who is in it --------------------------------------------------------------------------

  /** One for each shard, in order, whether it is in it or not. */
  List<ShardPart> parts() {
    return parts;
  }

  /** Those of the shards. */
  List<ShardPart> parts(BitSet numbers) {
    return numbers.stream().mapToObj(parts::get).toList();
  }

  /** Those that what comes next goes to. */
  List<ShardPart> active() {
    return active;
  }

  private List<ShardPart> in() {
    return parts.stream().filter(ShardPart::in).toList();
  }

  /** The shards that are in it. */
  BitSet numbers() {
    BitSet numbers = new BitSet();
    in().forEach(part -> numbers.set(part.index()));
    return numbers;
  }

  /** A server that is in a transaction already is one of several from now on. */
  void widens(int shard, Upstream present) {
    ShardPart part = parts.get(shard);
    part.serves(present);
    part.joins();
    present.lend(part);
    inBlock = true;
  }

  /** They have been given a BEGIN ahead of what comes next. */
  void begun(List<ShardPart> joined) {
    joined.forEach(part -> part.status((byte) 'T'));
    parts.forEach(part -> {
      if (part.in() && part.status() == 'I') {
        part.status((byte) 'T');
      }
    });
  }

  private void aim(List<ShardPart> at) {
    parts.stream().filter(ShardPart::attached).forEach(ShardPart::joins);
    if (!active.equals(at)) {
      active = at;
      merger.begins();
    }
  }

  @Override
  public void aim(UpstreamProvider at) {
    aim(parts(servers.numbers(at)));
  }

  @Override
  public void aimAtAll() {
    aim(parts.stream().filter(ShardPart::attached).toList());
  }

  @Override
  public void aimAtOne() {
    aim(List.of(active.isEmpty() ? in().getFirst() : active.getFirst()));
  }

  @Override
  public boolean covers(UpstreamProvider wanted) {
    return parts(servers.numbers(wanted)).stream().allMatch(ShardPart::in);
  }

  @Override
  public int members() {
    return in().size();
  }

  @Override
  public int aimedAt() {
    return active.size();
  }

  ReplyMerger merger() {
    return merger;
  }

  /** The transaction of a statement that is in none of the client's. */
  OwnTransaction own() {
    return own;
  }

  private void each(Consumer<Upstream> what) {
    active.forEach(part -> what.accept(part.server()));
  }

  private void all(Consumer<Upstream> what) {
    in().forEach(part -> what.accept(part.server()));
  }

  private void inTurn(Consumer<Upstream> what) {
    detour.inTurn(() -> each(what));
  }

  private void allInTurn(Consumer<Upstream> what) {
    detour.inTurn(() -> all(what));
  }

  private Upstream first() {
    return active.getFirst().server();
  }

  // ---- what the parts tell -------------------------------------------------------------------

  /** Replies for the client. */
  void pass(ByteBuf run) {
    if (over || !run.isReadable()) {
      run.release();
    } else {
      receiver.onReplies(run);
    }
  }

  /** ReadyForQuery is on its way to the client; it hears of it when all servers have told so. */
  void readySent(byte status) {
    statuses.add(status);
    inBlock = status != 'I';
    if (status == 'E') {
      failRest();
    }
  }

  /** A transaction that has failed on one has failed: no other may go on with it. */
  private void failRest() {
    for (ShardPart part : in()) {
      if (part.status() == 'T') {
        part.status((byte) 'E');
        part.server().failTransaction(false);
        part.server().flush();
      }
    }
  }

  /** Whether no transaction block is open. */
  boolean outsideOfBlock() {
    return !inBlock;
  }

  /** What was held is looked at again when the part in hand is done. */
  void resumeLater() {
    resuming = true;
  }

  /** A part is done with what it has read. */
  void settle() {
    while (resuming && !over) {
      resuming = false;
      parts.forEach(ShardPart::resume);
    }
    onReady();
    tellDrained();
  }

  /** A reply of a part: to what the client has sent, or to a step of the proxy's own. */
  FrameScanner.Verdict onReply(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    GatherSteps steps = detour.taken();
    return steps != null && steps.listens()
        ? steps.onReply(part, tag, buffer, offset, length)
        : merger.onReply(part, tag, buffer, offset, length);
  }

  void onRead() {
    if (!over) {
      receiver.onRepliesRead();
    }
  }

  void onReady() {
    own.goOn();
    while (!over && !statuses.isEmpty() && active.stream().allMatch(ShardPart::readyUntold)) {
      told++;
      active.forEach(ShardPart::readyTold);
      receiver.onReady(statuses.remove());
    }
  }

  /** The client hears of an error of the proxy's own. */
  Downstream receiver() {
    return receiver;
  }

  void tellDrained() {
    if (!over) {
      detour.goOn();
    }
    if (drainWanted && !over && drained()) {
      drainWanted = false;
      receiver.onDrained();
    }
  }

  void onWritable() {
    if (!over && writable()) {
      receiver.onServerWritable();
    }
  }

  /** What all tell is heard of one. */
  void first(ShardPart part, Consumer<Downstream> what) {
    if (!over && !active.isEmpty() && part == active.getFirst()) {
      what.accept(receiver);
    }
  }

  void onBeginFailed() {
    if (!over && !beginFailed) {
      beginFailed = true;
      receiver.onBeginFailed();
    }
  }

  boolean midFrame() {
    return receiver.midFrame();
  }

  /** One server is gone, and with it what the others do. */
  void onLost(ShardPart lost, PgError error) {
    if (over) {
      return;
    }
    over = true;
    stop();
    Release how = receiver.midFrame() ? Release.BROKEN : Release.ABANDONED;
    for (ShardPart part : in()) {
      if (part != lost) {
        part.server().release(how);
      }
    }
    receiver.onLost(error, announcedReadies - told - statuses.size(), false);
  }

  // ---- the end of a transaction --------------------------------------------------------------

  /** What has a part of the transaction that is open. */
  List<Participant> participants() {
    return in().stream().map(part -> new Participant(part.index(), part.server())).toList();
  }

  /** Commits what is open, on all or on none. */
  void commit(@Nullable Downstream asides, CommitEnd end) {
    if (in().stream().anyMatch(part -> part.status() == 'E')) {
      PgError failed = PgError.error(SqlState.FAILED_TRANSACTION, "the transaction has failed");
      rollBack(failed, (committed, notice, whole) -> end.ended(true, null, whole));
      return;
    }
    committing = true;
    TwoPhaseCommit.run(participants(), servers.commits(), asides, outcome -> ended(outcome, end));
  }

  /** Rolls it back everywhere. */
  void rollBack(PgError why, CommitEnd end) {
    committing = true;
    TwoPhaseCommit.undo(participants(), servers.commits(), why, outcome -> ended(outcome, end));
  }

  private void ended(Outcome outcome, CommitEnd end) {
    committing = false;
    inBlock = false;
    outcome.lost().forEach(shard -> parts.get(shard).gone());
    for (ShardPart part : in()) {
      part.status((byte) 'I');
      part.server().lend(part);
    }
    Release how = releasing;
    if (how == null) {
      end.ended(outcome.committed(), outcome.notice(), outcome.lost().isEmpty());
    } else {
      all(server -> server.release(how));
    }
  }

  /** Connections have gone with the end of the own transaction: the client hears of its end. */
  void endWithout(PgError why) {
    merger.settleReady();
    statuses.clear();
    told++;
    receiver.onReady((byte) 'I');
    if (!over) {
      over = true;
      stop();
      all(server -> server.release(Release.ABANDONED));
      receiver.onLost(why, announcedReadies - told, false);
    }
  }

  /** A statement has failed on one, or in the merging: what the others do of it is of no use. */
  void cancelAllBut(@Nullable ShardPart failing) {
    for (ShardPart part : active) {
      if (part != failing && !part.position().atReady() && !part.server().drained()) {
        cancelling++;
        part.server().cancel().whenComplete((none, thrown) -> cancelled());
      }
    }
  }

  private void cancelled() {
    cancelling--;
    if (!over && cancelling == 0) {
      merger.settleReady();
      settle();
      onRead();
    }
  }

  /** Whether a cancel request may yet hit what is sent next. */
  boolean cancelling() {
    return cancelling > 0;
  }

  // ---- announcements -------------------------------------------------------------------------

  @Override
  public void expect(byte frontendTag) {
    if (frontendTag == FrontendTag.QUERY || frontendTag == FrontendTag.SYNC) {
      announcedReadies++;
    }
    detour.inTurn(() -> announce(frontendTag));
  }

  private void announce(byte frontendTag) {
    own.announced(frontendTag);
    if (!detour.takes(frontendTag)) {
      merger.executions().announced(frontendTag);
      each(server -> server.expect(frontendTag));
    }
  }

  @Override
  public void merging(@Nullable Merging how) {
    MergeRun run = how instanceof MergeRun given ? given : Executions.AS_THEY_COME;
    // Asked for at once, whatever is under way.
    split = run.split();
    detour.inTurn(() -> {
      detour.merging(how instanceof GatherRun gathering ? gathering : null);
      own.wanted(run.writes() && !inBlock);
      merger.executions().merging(run);
    });
  }

  @Override
  public boolean splits() {
    return split != null;
  }

  private Split takeSplit() {
    Split present = split;
    split = null;
    if (present == null) {
      throw new IllegalStateException("the statement is the same for all");
    }
    return present;
  }

  @Override
  public void sendQueries() {
    Split present = takeSplit();
    detour.passed();
    for (ShardPart part : active) {
      SplitFrames.query(part.server(), present.of(part.index()));
    }
  }

  @Override
  public void sendBinds(byte[] portal, Arguments arguments) {
    Split present = takeSplit();
    detour.inTurn(() -> {
      own.announced(FrontendTag.BIND);
      active.forEach(part -> SplitFrames.parse(part.server(), present.of(part.index())));
      announce(FrontendTag.BIND);
      active.forEach(
          part -> SplitFrames.bind(part.server(), present.of(part.index()), portal, arguments));
    });
  }

  @Override
  public void expectRewritten(
      byte frontendTag, RowRewrite rewrite, RowRewrite.@Nullable RowTransform rows) {
    throw unserved();
  }

  @Override
  public boolean expectParse(ServerStatement statement, RowRewrite rewrite, Runnable undo) {
    throw unserved();
  }

  /** No interceptor of the profile sees statements of several shards. */
  private static IllegalStateException unserved() {
    return new IllegalStateException("statements of several shards are not rewritten");
  }

  @Override
  public void parse(ServerStatement statement, Parsing parsing) {
    detour.inTurn(() -> {
      first().parse(statement, parsing);
      for (ShardPart part : active.subList(1, active.size())) {
        part.server().parse(statement, new Same(statement));
      }
    });
  }

  /** The first server says what the statement is to be known by. */
  private record Same(ServerStatement statement) implements Parsing {
    @Override
    public void failed() {
      // The first one says so, too, or the client hears of the difference.
    }

    @Override
    public ServerStatement described(StatementShape shape) {
      return statement;
    }
  }

  @Override
  public void ensurePrepared(ServerStatement statement) {
    detour.inTurn(() -> {
      // Nothing may come between the frame that uses it and its end.
      own.announced(FrontendTag.BIND);
      merger.executions().uses(statement, statement.shape());
      each(server -> server.ensurePrepared(statement));
    });
  }

  @Override
  public void verify(ServerStatement statement) {
    inTurn(server -> server.verify(statement));
  }

  @Override
  public boolean verified(ServerStatement statement) {
    return active.stream().allMatch(part -> part.server().verified(statement));
  }

  @Override
  public void ensurePreparedForQuery(Iterable<ServerStatement> statements) {
    inTurn(server -> server.ensurePreparedForQuery(statements));
  }

  @Override
  public void deallocated(ServerStatement statement) {
    allInTurn(server -> server.deallocated(statement));
  }

  @Override
  public void parseUnnamed(byte[] definition, Runnable undo) {
    detour.inTurn(() ->
        active.forEach(part ->
            part.server().parseUnnamed(definition, part == active.getFirst() ? undo : () -> {})));
  }

  @Override
  public void expectFakedClose(Runnable undo) {
    detour.inTurn(() ->
        active.forEach(
            part -> part.server().expectFakedClose(part == active.getFirst() ? undo : () -> {})));
  }

  @Override
  public void rollBack() {
    allInTurn(Upstream::rollBack);
  }

  @Override
  public void begins() {
    // What follows is in the client's transaction, and needs none of its own.
    inBlock = true;
    own.wanted(false);
  }

  @Override
  public void begin(byte[] definition) {
    begins();
    inTurn(server -> server.begin(definition));
  }

  @Override
  public void failCopy(String reason) {
    inTurn(server -> server.failCopy(reason));
  }

  @Override
  public void failTransaction(boolean extended) {
    if (extended) {
      inTurn(server -> server.failTransaction(true));
      return;
    }
    detour.inTurn(() -> {
      for (ShardPart part : in()) {
        part.status((byte) 'E');
        part.server().failTransaction(false);
      }
    });
  }

  @Override
  public void inquire(Inquiry inquiry) {
    detour.inTurn(() -> attached().findFirst().ifPresent(part -> part.server().inquire(inquiry)));
  }

  // ---- sending and reading -------------------------------------------------------------------

  @Override
  public void send(ByteBuf run) {
    detour.send(run);
  }

  /** Sends bytes whose turn it is; owns the buffer. */
  void sendToAll(ByteBuf run) {
    for (ShardPart part : active.subList(1, active.size())) {
      part.server().send(run.retainedDuplicate());
    }
    first().send(run);
  }

  @Override
  public void flush() {
    all(Upstream::flush);
  }

  @Override
  public boolean writable() {
    return in().stream().allMatch(part -> part.server().writable());
  }

  @Override
  public void reading(boolean on) {
    if (!committing) {
      in().forEach(part -> part.reading(on));
    }
  }

  // ---- steps of the proxy's own --------------------------------------------------------------

  /** Whether all that was sent has been answered; if not, {@link #tellDrained} is called. */
  boolean quiet() {
    parts.stream().filter(part -> !part.server().drained()).forEach(part -> part.server().drain());
    return statuses.isEmpty() && parts.stream().allMatch(ShardPart::drained);
  }

  /** What was kept has been sent: it is on its way. */
  void sendOut() {
    flush();
    if (drainWanted) {
      drain();
    }
  }

  /** Ends the batch of a Query that was run in steps. */
  void syncAll() {
    for (ShardPart part : parts) {
      part.server().expect(FrontendTag.SYNC);
      ByteBuf sync = Unpooled.buffer(FrameScanner.HEADER);
      FrameWriter.empty(sync, FrontendTag.SYNC);
      part.server().send(sync);
    }
    flush();
  }

  /** A frame that was taken out is sent after all, its rows to be merged as they come. */
  void sendStreamed(MergeRun run, boolean query, int[] columns, ByteBuf frame) {
    byte tag = query ? FrontendTag.QUERY : FrontendTag.EXECUTE;
    merger.executions().executes(run, query, columns);
    each(server -> server.expect(tag));
    sendToAll(frame);
    flush();
  }

  // ---- facts ---------------------------------------------------------------------------------

  /** Those of the active ones that are left: connections may go with the end of a transaction. */
  private Stream<ShardPart> attached() {
    return active.stream().filter(ShardPart::attached);
  }

  private <T> T ofFirst(Function<Upstream, T> fact, T otherwise) {
    return attached().findFirst().map(part -> fact.apply(part.server())).orElse(otherwise);
  }

  @Override
  public boolean drained() {
    return !detour.busy()
        && statuses.isEmpty()
        && !committing
        && in().stream().allMatch(ShardPart::drained);
  }

  @Override
  public boolean skipping() {
    return attached().anyMatch(part -> part.server().skipping());
  }

  @Override
  public boolean copyingIn() {
    return attached().anyMatch(part -> part.server().copyingIn());
  }

  @Override
  public void drain() {
    drainWanted = true;
    if (detour.busy()) {
      return;
    }
    in().stream().filter(part -> !part.server().drained()).forEach(part -> part.server().drain());
  }

  @Override
  public long answered() {
    return ofFirst(Upstream::answered, 0L);
  }

  @Override
  public long transactions() {
    return ofFirst(Upstream::transactions, 0L);
  }

  @Override
  public int pid() {
    return ofFirst(Upstream::pid, 0);
  }

  @Override
  public String describe() {
    return "several shards";
  }

  /** Only whole frames are passed on. */
  @Override
  public boolean midReply() {
    return false;
  }

  @Override
  public Map<String, String> reported() {
    return ofFirst(Upstream::reported, Map.of());
  }

  @Override
  public boolean parametersChanged() {
    return in().stream().anyMatch(part -> part.server().parametersChanged());
  }

  // ---- the rest ------------------------------------------------------------------------------

  @Override
  public void goOn() {
    all(Upstream::goOn);
  }

  @Override
  public void apply(ParameterSet wanted) {
    allInTurn(server -> server.apply(wanted));
  }

  @Override
  public void applied(ParameterSet set) {
    allInTurn(server -> server.applied(set));
  }

  @Override
  public CompletionStage<Void> cancel() {
    detour.cancel();
    return CompletableFuture.allOf(
        in().stream()
            .map(part -> part.server().cancel().toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }

  @Override
  public void cancelReads(String message) {
    all(server -> server.cancelReads(message));
  }

  @Override
  public void giveUp(PgError error) {
    if (!committing) {
      all(server -> server.giveUp(error));
    }
  }

  /** Only for the end of a transaction, and back; see {@link #commit}. */
  @Override
  public void lend(Downstream borrower) {
    receiver = borrower;
  }

  @Override
  public void release(Release how) {
    over = true;
    stop();
    if (committing) {
      // Whoever has left, what has been begun goes on to its end.
      releasing = how;
    } else {
      all(server -> server.release(how));
    }
  }

  private void stop() {
    detour.stop();
    parts.forEach(ShardPart::stop);
    merger.stop();
  }
}
