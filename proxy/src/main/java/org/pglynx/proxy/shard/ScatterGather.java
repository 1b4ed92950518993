package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;

/**
 * Several servers, one of each shard, as one upstream: each gets all that is sent, and their
 * replies become one stream as they arrive. Confined to the session's event loop, on which all the
 * connections are.
 *
 * <pre>
 *             all shards have given a connection
 *   GATHERING ───────────────────────────────────► IN USE ── release(), or one is lost ──► OVER
 * </pre>
 *
 * <p>Backpressure: all are not read while the client takes no more, and one is not while it is
 * ahead of others. The client is not read while one of them takes no more.
 */
final class ScatterGather implements Upstream {
  private final Downstream receiver;
  private final List<ShardPart> parts;
  private final ReplyMerger merger;
  private final Detour detour = new Detour(this);
  private final ArrayDeque<Byte> statuses = new ArrayDeque<>();
  private int told;
  private int announcedReadies;
  private int cancelling;
  private boolean drainWanted;
  private boolean resuming;
  private boolean over;
  private boolean beginFailed;
  private boolean inBlock;
  private @Nullable PgError early;

  ScatterGather(Downstream receiver, int shards) {
    this.receiver = receiver;
    this.parts = IntStream.range(0, shards).mapToObj(i -> new ShardPart(this, i)).toList();
    this.merger = new ReplyMerger(this, parts);
  }

  /** One for each shard, in order. */
  List<ShardPart> parts() {
    return parts;
  }

  ReplyMerger merger() {
    return merger;
  }

  private void each(Consumer<Upstream> what) {
    parts.forEach(part -> what.accept(part.server()));
  }

  private void inTurn(Consumer<Upstream> what) {
    detour.inTurn(() -> each(what));
  }

  private Upstream first() {
    return parts.getFirst().server();
  }

  // ---- what the parts tell -------------------------------------------------------------------

  /** Replies for the client. */
  void pass(ByteBuf run) {
    if (over) {
      run.release();
    } else {
      receiver.onReplies(run);
    }
  }

  /** ReadyForQuery is on its way to the client; it hears of it when all servers have told so. */
  void readySent(byte status) {
    statuses.add(status);
    inBlock = status != 'I';
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
    while (!over && !statuses.isEmpty() && parts.stream().allMatch(part -> part.readies() > told)) {
      told++;
      receiver.onReady(statuses.remove());
    }
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
    if (!over && part.index() == 0) {
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

  /** Why one that was there is gone before all were; null if none is. */
  @Nullable PgError early() {
    return early;
  }

  /** Not all shards give a server: those that have one get it back. */
  void abandon() {
    over = true;
    parts.stream().filter(ShardPart::attached).forEach(part -> part.server().release(Release.IDLE));
  }

  /** One server is gone, and with it what the others do. */
  void onLost(ShardPart lost, PgError error) {
    if (over) {
      return;
    }
    if (!parts.stream().allMatch(ShardPart::attached)) {
      early = early == null ? error : early;
      lost.gone();
      return;
    }
    over = true;
    stop();
    Release how = receiver.midFrame() ? Release.BROKEN : Release.ABANDONED;
    for (ShardPart part : parts) {
      if (part != lost && part.attached()) {
        part.server().release(how);
      }
    }
    receiver.onLost(error, announcedReadies - told - statuses.size(), false);
  }

  /** A statement has failed on one, or in the merging: what the others do of it is of no use. */
  void cancelAllBut(@Nullable ShardPart failing) {
    for (ShardPart part : parts) {
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
    if (!detour.takes(frontendTag)) {
      merger.executions().announced(frontendTag);
      each(server -> server.expect(frontendTag));
    }
  }

  @Override
  public void merging(@Nullable Merging how) {
    detour.inTurn(() -> {
      detour.merging(how instanceof GatherRun run ? run : null);
      merger.executions().merging(how instanceof MergeRun run ? run : Executions.AS_THEY_COME);
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
      for (ShardPart part : parts.subList(1, parts.size())) {
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
    return parts.stream().allMatch(part -> part.server().verified(statement));
  }

  @Override
  public void ensurePreparedForQuery(Iterable<ServerStatement> statements) {
    inTurn(server -> server.ensurePreparedForQuery(statements));
  }

  @Override
  public void deallocated(ServerStatement statement) {
    inTurn(server -> server.deallocated(statement));
  }

  @Override
  public void parseUnnamed(byte[] definition, Runnable undo) {
    detour.inTurn(() ->
        parts.forEach(
            part -> part.server().parseUnnamed(definition, part.index() == 0 ? undo : () -> {})));
  }

  @Override
  public void expectFakedClose(Runnable undo) {
    detour.inTurn(() ->
        parts.forEach(part -> part.server().expectFakedClose(part.index() == 0 ? undo : () -> {})));
  }

  @Override
  public void rollBack() {
    inTurn(Upstream::rollBack);
  }

  @Override
  public void begin(byte[] definition) {
    inBlock = true;
    inTurn(server -> server.begin(definition));
  }

  @Override
  public void failCopy(String reason) {
    inTurn(server -> server.failCopy(reason));
  }

  @Override
  public void failTransaction(boolean extended) {
    inTurn(server -> server.failTransaction(extended));
  }

  @Override
  public void inquire(Inquiry inquiry) {
    detour.inTurn(() -> first().inquire(inquiry));
  }

  // ---- sending and reading -------------------------------------------------------------------

  @Override
  public void send(ByteBuf run) {
    detour.send(run);
  }

  /** Sends bytes whose turn it is; owns the buffer. */
  void sendToAll(ByteBuf run) {
    for (ShardPart part : parts.subList(1, parts.size())) {
      part.server().send(run.retainedDuplicate());
    }
    first().send(run);
  }

  @Override
  public void flush() {
    each(Upstream::flush);
  }

  @Override
  public boolean writable() {
    return parts.stream().allMatch(part -> part.server().writable());
  }

  @Override
  public void reading(boolean on) {
    parts.forEach(part -> part.reading(on));
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

  @Override
  public boolean drained() {
    return !detour.busy() && statuses.isEmpty() && parts.stream().allMatch(ShardPart::drained);
  }

  @Override
  public boolean skipping() {
    return parts.stream().anyMatch(part -> part.server().skipping());
  }

  @Override
  public boolean copyingIn() {
    return parts.stream().anyMatch(part -> part.server().copyingIn());
  }

  @Override
  public void drain() {
    drainWanted = true;
    if (detour.busy()) {
      return;
    }
    parts.stream().filter(part -> !part.server().drained()).forEach(part -> part.server().drain());
  }

  @Override
  public long answered() {
    return first().answered();
  }

  @Override
  public long transactions() {
    return first().transactions();
  }

  @Override
  public int pid() {
    return first().pid();
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
    return first().reported();
  }

  @Override
  public boolean parametersChanged() {
    return parts.stream().anyMatch(part -> part.server().parametersChanged());
  }

  // ---- the rest ------------------------------------------------------------------------------

  @Override
  public void goOn() {
    each(Upstream::goOn);
  }

  @Override
  public void apply(ParameterSet wanted) {
    inTurn(server -> server.apply(wanted));
  }

  @Override
  public void applied(ParameterSet set) {
    inTurn(server -> server.applied(set));
  }

  @Override
  public CompletionStage<Void> cancel() {
    return CompletableFuture.allOf(
        parts.stream()
            .map(part -> part.server().cancel().toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }

  @Override
  public void cancelReads(String message) {
    each(server -> server.cancelReads(message));
  }

  @Override
  public void giveUp(PgError error) {
    each(server -> server.giveUp(error));
  }

  @Override
  public void lend(Downstream borrower) {
    throw new IllegalStateException("servers of several shards are not lent");
  }

  @Override
  public void release(Release how) {
    over = true;
    stop();
    each(server -> server.release(how));
  }

  private void stop() {
    detour.stop();
    parts.forEach(ShardPart::stop);
    merger.stop();
  }
}
