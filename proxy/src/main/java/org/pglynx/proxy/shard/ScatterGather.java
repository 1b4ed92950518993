package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.Spread;
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
 * <p>It ties together what knows of one subject each: {@link Membership} who is in it, {@link
 * Announcements} what is said to the servers, {@link FanOut} what they are sent, {@link
 * ReplyMerger} what they say, {@link Readiness} when they are ready, {@link ClientSide} what the
 * client hears, {@link Detour} what takes steps of its own, {@link OwnTransaction} what writes on
 * several and is in no transaction of the client's, {@link TransactionEnd} commit and rollback,
 * {@link Cancels} cancel requests.
 *
 * <p>Backpressure: all are not read while the client takes no more, and one is not while it is
 * ahead of others. The client is not read while one of them takes no more.
 */
final class ScatterGather implements Spread {
  private final ShardServers servers;
  private final ClientSide client;
  private final Membership who;
  private final Readiness readiness;
  private final ReplyMerger merger;
  private final Detour detour = new Detour(this);
  private final OwnTransaction own;
  private final Announcements announcements;
  private final TransactionEnd ending;
  private final OpenCursors cursors = new OpenCursors();
  private final Cancels cancels;
  private final FanOut out;

  ScatterGather(Downstream receiver, ShardServers servers) {
    this.client = new ClientSide(this, receiver);
    this.servers = servers;
    this.who = new Membership(this, servers.shards().size());
    this.readiness = new Readiness(who);
    this.merger = new ReplyMerger(this);
    this.own = new OwnTransaction(this, merger);
    this.announcements = new Announcements(who, readiness, detour, own, merger.executions());
    this.ending = new TransactionEnd(who, servers.commits(), readiness);
    this.out = new FanOut(who, detour::betweenFrames);
    this.cancels = new Cancels(who, out::betweenFrames, client::cancelled);
  }

  // ---- what knows of one subject -------------------------------------------------------------

  ClientSide client() {
    return client;
  }

  Detour detour() {
    return detour;
  }

  Membership who() {
    return who;
  }

  Readiness readiness() {
    return readiness;
  }

  ReplyMerger merger() {
    return merger;
  }

  /** The transaction of a statement that is in none of the client's. */
  OwnTransaction own() {
    return own;
  }

  OpenCursors cursors() {
    return cursors;
  }

  TransactionEnd ending() {
    return ending;
  }

  Cancels cancels() {
    return cancels;
  }

  /** What is sent to the servers, once its turn has come. */
  FanOut out() {
    return out;
  }

  // ---- who is in it --------------------------------------------------------------------------

  /**
   * A server that is in a transaction already is one of several from now on.
   *
   * @param block whether the transaction is the client's
   */
  void widens(int shard, Upstream present, boolean block) {
    ShardPart part = who.parts().get(shard);
    part.serves(present);
    part.joins();
    present.lend(part);
    if (block) {
      readiness.blockBegins();
    }
  }

  private void aim(List<ShardPart> at) {
    if (who.aim(at)) {
      merger.begins();
    }
    if (members() > 1) {
      servers.watch().enters(this);
    }
  }

  @Override
  public void aim(UpstreamProvider at) {
    aim(who.parts(servers.numbers(at)));
  }

  @Override
  public void aimAtAll() {
    aim(who.attached());
  }

  @Override
  public void aimAtOne() {
    aim(List.of(who.one()));
  }

  @Override
  public boolean covers(UpstreamProvider wanted) {
    return who.parts(servers.numbers(wanted)).stream().allMatch(ShardPart::in);
  }

  @Override
  public int holder(String cursor) {
    OpenCursor known = cursors.get(cursor);
    ShardPart one = known == null || !known.declared() ? null : known.one();
    return one == null ? -1 : one.index();
  }

  @Override
  public void closed(String portal) {
    cursors.remove(portal);
    merger.executions().closed(portal);
  }

  @Override
  public int member() {
    return who.one().index();
  }

  @Override
  public int members() {
    return who.in().size();
  }

  @Override
  public int aimedAt() {
    return who.active().size();
  }

  // ---- announcements -------------------------------------------------------------------------

  @Override
  public void expect(byte frontendTag) {
    announcements.expect(frontendTag);
  }

  @Override
  public void merging(@Nullable Merging how) {
    announcements.merging(how);
  }

  @Override
  public boolean splits() {
    return announcements.splits();
  }

  @Override
  public void sendQueries() {
    announcements.sendQueries();
  }

  @Override
  public void sendBinds(byte[] portal, Arguments arguments) {
    announcements.sendBinds(portal, arguments);
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
    announcements.parse(statement, parsing);
  }

  @Override
  public void ensurePrepared(ServerStatement statement) {
    announcements.ensurePrepared(statement);
  }

  @Override
  public void verify(ServerStatement statement) {
    announcements.each(server -> server.verify(statement));
  }

  @Override
  public boolean verified(ServerStatement statement) {
    return who.active().stream().allMatch(part -> part.server().verified(statement));
  }

  @Override
  public void ensurePreparedForQuery(Iterable<ServerStatement> statements) {
    announcements.each(server -> server.ensurePreparedForQuery(statements));
  }

  @Override
  public void deallocated(ServerStatement statement) {
    announcements.all(server -> server.deallocated(statement));
  }

  @Override
  public void parseUnnamed(byte[] definition, Runnable undo) {
    announcements.parseUnnamed(definition, undo);
  }

  @Override
  public void expectFakedClose(Runnable undo) {
    announcements.expectFakedClose(undo);
  }

  @Override
  public void rollBack() {
    announcements.all(Upstream::rollBack);
  }

  @Override
  public void begins() {
    announcements.begins();
  }

  @Override
  public void opens() {
    own.opens();
  }

  @Override
  public void begin(byte[] definition) {
    announcements.begin(definition);
  }

  @Override
  public void failCopy(String reason) {
    announcements.each(server -> server.failCopy(reason));
  }

  @Override
  public void failTransaction(boolean extended) {
    announcements.failTransaction(extended);
  }

  @Override
  public void inquire(Inquiry inquiry) {
    announcements.inquire(inquiry);
  }

  @Override
  public void apply(ParameterSet wanted) {
    announcements.all(server -> server.apply(wanted));
  }

  @Override
  public void applied(ParameterSet set) {
    announcements.all(server -> server.applied(set));
  }

  // ---- sending and reading -------------------------------------------------------------------

  @Override
  public void send(ByteBuf run) {
    detour.send(run);
  }

  @Override
  public void flush() {
    who.all(Upstream::flush);
  }

  @Override
  public boolean writable() {
    return !detour.full() && who.inAre(part -> part.server().writable());
  }

  @Override
  public void reading(boolean on) {
    if (!ending.underWay()) {
      who.in().forEach(part -> part.reading(on));
    }
  }

  // ---- steps of the proxy's own --------------------------------------------------------------

  /**
   * Whether all that was sent has been answered; if not, {@link ClientSide#tellDrained} is called.
   */
  boolean quiet() {
    who.active().stream()
        .filter(part -> !part.server().drained())
        .forEach(part -> part.server().drain());
    return readiness.quiet() && who.activeAre(ShardPart::drained);
  }

  /** What was kept has been sent: it is on its way. */
  void sendOut() {
    flush();
    drainsOn();
  }

  /** Who waits until all is answered waits for what has been asked meanwhile, too. */
  void drainsOn() {
    if (client.wantedDrained()) {
      drain();
    }
  }

  /** Ends the batch of a Query that was run in steps. */
  void syncAll() {
    for (ShardPart part : who.active()) {
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
    who.each(server -> server.expect(tag));
    out.send(frame);
    flush();
  }

  // ---- facts ---------------------------------------------------------------------------------

  @Override
  public boolean drained() {
    return !detour.busy()
        && readiness.quiet()
        && !ending.underWay()
        && who.inAre(ShardPart::drained);
  }

  @Override
  public boolean skipping() {
    return who.left().anyMatch(part -> part.server().skipping());
  }

  @Override
  public boolean copyingIn() {
    return who.left().anyMatch(part -> part.server().copyingIn());
  }

  @Override
  public void drain() {
    client.wantsDrained();
    if (detour.busy()) {
      return;
    }
    who.in().stream()
        .filter(part -> !part.server().drained())
        .forEach(part -> part.server().drain());
  }

  @Override
  public long answered() {
    return who.ofFirst(Upstream::answered, 0L);
  }

  @Override
  public long transactions() {
    return who.ofFirst(Upstream::transactions, 0L);
  }

  @Override
  public int pid() {
    return who.ofFirst(Upstream::pid, 0);
  }

  @Override
  public String ptr() {
    return who.ofFirst(Upstream::ptr, "");
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
    return who.ofFirst(Upstream::reported, Map.of());
  }

  @Override
  public boolean parametersChanged() {
    return who.in().stream().anyMatch(part -> part.server().parametersChanged());
  }

  // ---- the rest ------------------------------------------------------------------------------

  @Override
  public void goOn() {
    who.all(Upstream::goOn);
  }

  @Override
  public CompletionStage<Void> cancel() {
    detour.cancel();
    return cancels.all();
  }

  @Override
  public void cancelReads(String message) {
    who.all(server -> server.cancelReads(message));
  }

  @Override
  public void giveUp(PgError error) {
    if (!ending.underWay()) {
      who.all(server -> server.giveUp(error));
    }
  }

  /** Only for the end of a transaction, and back; see {@link #ending}. */
  @Override
  public void lend(Downstream borrower) {
    client.lend(borrower);
  }

  @Override
  public void release(Release how) {
    client.leaves();
    if (ending.underWay()) {
      // Whoever has left, what has been begun goes on to its end.
      ending.release(how);
    } else {
      who.all(server -> server.release(how));
    }
  }

  // ---- deadlocks -----------------------------------------------------------------------------

  /** How many frames all together have answered; while it stays the same, so does what they do. */
  long answeredByAll() {
    return who.in().stream().mapToLong(part -> part.server().answered()).sum();
  }

  /** The process of each shard's server; -1 where there is none. */
  int[] pids() {
    return who.parts().stream().mapToInt(part -> part.in() ? part.server().pid() : -1).toArray();
  }

  /** It waits for others that wait for it, and gives in. */
  void deadlocked(String circle) {
    if (drained() || ending.underWay()) {
      return;
    }
    PgError error =
        PgError.error(SqlState.DEADLOCK, "deadlock detected")
            .withDetail("Across the shards " + circle + ".")
            .withHint("The transaction has been ended on all of them; try it again.");
    Steps steps = detour.taken();
    if (steps != null) {
      steps.deadlocked(error);
    } else {
      merger.condemn(error);
    }
    flush();
  }

  /** Nothing that waits is of interest any more. */
  void stop() {
    servers.watch().leaves(this);
    detour.stop();
    who.parts().forEach(ShardPart::stop);
    merger.stop();
  }
}
