package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;

/**
 * What a session makes of what its server says: passes replies on to the client, and tells those
 * parts of the session that must know how a transaction, a statement or a connection has ended.
 * Confined to the client's event loop.
 */
final class ServerReplies implements Downstream {
  private final Session session;
  private final FrontendFrames frames;
  private final ExtendedQueries extended;
  private final FrameScanner scanner;
  private final SecondTry second;
  private final ClientReplies replies;
  private final ServerLease lease;
  private final SessionState state;
  private final SessionProfile profile;
  private final ClientTransaction transaction;
  private final SessionActivity activity;
  private final Backpressure backpressure;
  private final @Nullable Routing routing;

  ServerReplies(
      Session session,
      FrontendFrames frames,
      FrameScanner scanner,
      SecondTry second,
      ClientReplies replies) {
    this.session = session;
    this.frames = frames;
    this.extended = frames.extended();
    this.scanner = scanner;
    this.second = second;
    this.replies = replies;
    this.lease = session.lease();
    this.state = session.state();
    this.profile = session.profile();
    this.transaction = session.transaction();
    this.activity = session.activity();
    this.backpressure = session.backpressure();
    this.routing = session.routing();
  }

  @Override
  public void onReplies(ByteBuf run) {
    ByteBuf told = routing == null ? run : routing.pass(run);
    if (told != null) {
      tell(told);
    }
  }

  /** The client gets replies of its server. */
  void tell(ByteBuf run) {
    replies.fromServer(run);
    if (!session.client().writable()) {
      backpressure.regulate();
    }
  }

  @Override
  public void onRepliesRead() {
    session.client().flush();
    lease.releaseIfIdle();
    session.endIfDrained();
  }

  @Override
  public boolean onBeforeReady(byte newStatus) {
    return session.channels().beforeReady(newStatus);
  }

  @Override
  public boolean refusesBlocks() {
    return profile.refusesBlocks();
  }

  @Override
  public void onReady(byte newStatus) {
    if (routing != null && routing.refused()) {
      extended.answered();
      if (second.begins(routing)) {
        return;
      }
    }
    transaction.is(newStatus);
    Upstream server = lease.upstream();
    boolean more = server != null && !server.drained();
    if (server != null && !more) {
      extended.answered();
    }
    if (newStatus == 'I' && profile.sessionPooling()) {
      askAboutReset();
    }
    if (server == null) {
      return;
    }
    if (newStatus != 'I' && profile.refusesBlocks()) {
      StatementPooling.undo(session, server, newStatus);
    }
    activity.answered(transaction.none(), more);
    if (transaction.none() && !session.closed()) {
      extended.transactionEnded();
      state.transactionEnded();
      lease.releaseIfIdle();
    }
  }

  /** Nothing of the client's may be on its way, or its frames would end in the question. */
  private void askAboutReset() {
    Upstream server = lease.upstream();
    if (server == null || !server.drained() || extended.unsynced() || scanner.midFrame()) {
      return;
    }
    state.inquiresReset(server);
    if (state.asking()) {
      lease.quiet();
    }
  }

  @Override
  public void onServerError(ByteBuf frame, int offset, int length) {
    StatementTrace trace = activity.trace();
    if (trace != null) {
      trace.failed(frame, offset, length);
    }
  }

  @Override
  public void onParameter(String name, String value) {
    state.reported(name, value);
    session.clientParameters().reported(name, value);
  }

  @Override
  public void onParametersReset() {
    if (profile.sessionPooling()) {
      state.parametersReset();
    }
  }

  @Override
  public void onParseFailed() {
    extended.unnamedGone();
  }

  @Override
  public void onDeallocated() {
    extended.deallocated();
  }

  @Override
  public void onDeallocatedAll() {
    if (state.discards()) {
      session.channels().discard();
    }
    extended.deallocatedAll();
  }

  @Override
  public void onPlanOutdated() {
    extended.planOutdated();
  }

  @Override
  public void onBeginFailed() {
    frames.beginFailed();
  }

  @Override
  public boolean midFrame() {
    return scanner.midFrame();
  }

  @Override
  public void onServerWritable() {
    backpressure.regulate();
  }

  @Override
  public void onDrained() {
    lease.drained();
    session.resume();
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    if (routing != null) {
      routing.tellHeld();
    }
    boolean told = lease.skips();
    lease.lost();
    activity.lost(error);
    profile.forgetReported();
    if (midReply) {
      // Half a frame is out: nothing that follows it could be understood.
      session.cutOff();
      return;
    }
    if (profile.sessionPooling() || state.losesWithServer()) {
      session.die(error.fatal());
      return;
    }
    boolean transactionLost = !transaction.none() && !frames.deferring();
    if (!frames.deferring()) {
      transaction.is((byte) 'I');
    }
    state.serverGone();
    frames.serverLost(error, lostSyncs, transactionLost, told);
    session.resume();
  }
}
