package org.pglynx.proxy.mirror;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrontendTag;
import org.pglynx.proxy.wire.PgError;

/**
 * A server whose session's work a mirror does as well. The mirror is told what the session wants,
 * not what goes to its server: that has other statements prepared, and other parameters in force.
 * Named statements are therefore made sure of there, and their Parse is left out.
 */
final class MirroredUpstream implements Upstream {
  /** Up to the first byte of a statement's name. */
  private static final int NAME = FrameScanner.HEADER + 1;

  private final Upstream server;
  private final MirrorWork work;
  private final FrameScanner frames = new FrameScanner(new Copied());

  MirroredUpstream(Upstream server, MirrorWork work) {
    this.server = server;
    this.work = work;
  }

  @Override
  public String describe() {
    return server.describe();
  }

  // ---- what the mirror does, too ---------------------------------------------------------------

  @Override
  public void send(ByteBuf run) {
    if (work.over()) {
      server.send(run);
      return;
    }
    ByteBuf copy = run.alloc().buffer(run.readableBytes());
    copy.writeBytes(run, run.readerIndex(), run.readableBytes());
    frames.feed(copy);
    server.send(run);
  }

  /** Takes the messages that the mirror gets, all but those that parse named statements. */
  private final class Copied implements FrameScanner.Visitor {
    @Override
    public int wanted(byte tag, int length) {
      return tag == FrontendTag.PARSE ? Math.min(NAME, length) : 0;
    }

    @Override
    public FrameScanner.Verdict onFrame(
        byte tag, ByteBuf buffer, int offset, int available, int length) {
      boolean named =
          tag == FrontendTag.PARSE
              && available >= NAME
              && buffer.getByte(offset + FrameScanner.HEADER) != 0;
      return named ? FrameScanner.Verdict.DROP : FrameScanner.Verdict.FORWARD;
    }

    @Override
    public void onRun(ByteBuf run) {
      work.sends(run, !frames.midFrame());
    }
  }

  @Override
  public void expect(byte frontendTag) {
    work.does(mirror -> mirror.expect(frontendTag));
    server.expect(frontendTag);
  }

  @Override
  public void expectRewritten(
      byte frontendTag, RowRewrite rewrite, RowRewrite.@Nullable RowTransform rows) {
    work.does(mirror -> mirror.expect(frontendTag));
    server.expectRewritten(frontendTag, rewrite, rows);
  }

  @Override
  public boolean expectParse(ServerStatement statement, RowRewrite rewrite, Runnable undo) {
    work.does(mirror -> mirror.ensurePrepared(statement));
    return server.expectParse(statement, rewrite, undo);
  }

  @Override
  public void parse(ServerStatement statement, Parsing parsing) {
    work.does(mirror -> mirror.ensurePrepared(statement));
    server.parse(statement, parsing);
  }

  @Override
  public void ensurePrepared(ServerStatement statement) {
    work.does(mirror -> mirror.ensurePrepared(statement));
    server.ensurePrepared(statement);
  }

  @Override
  public void verify(ServerStatement statement) {
    work.does(mirror -> mirror.ensurePrepared(statement));
    server.verify(statement);
  }

  @Override
  public void ensurePreparedForQuery(Iterable<ServerStatement> statements) {
    List<ServerStatement> all = new ArrayList<>();
    statements.forEach(all::add);
    work.does(mirror -> mirror.ensurePreparedForQuery(all));
    server.ensurePreparedForQuery(all);
  }

  @Override
  public void deallocated(ServerStatement statement) {
    work.does(mirror -> mirror.deallocated(statement));
    server.deallocated(statement);
  }

  @Override
  public void parseUnnamed(byte[] definition, Runnable undo) {
    work.does(mirror -> mirror.parseUnnamed(definition, () -> {}));
    server.parseUnnamed(definition, undo);
  }

  @Override
  public void rollBack() {
    work.does(Upstream::rollBack);
    server.rollBack();
  }

  @Override
  public void begin(byte[] definition) {
    work.does(mirror -> mirror.begin(definition));
    server.begin(definition);
  }

  @Override
  public void failCopy(String reason) {
    work.does(mirror -> {
      if (mirror.copyingIn()) {
        mirror.failCopy(reason);
      }
    });
    server.failCopy(reason);
  }

  @Override
  public void failTransaction(boolean extended) {
    work.does(mirror -> mirror.failTransaction(extended));
    server.failTransaction(extended);
  }

  @Override
  public void apply(ParameterSet wanted) {
    work.does(mirror -> mirror.apply(wanted));
    server.apply(wanted);
  }

  @Override
  public void applied(ParameterSet set) {
    work.does(mirror -> mirror.applied(set));
    server.applied(set);
  }

  @Override
  public CompletionStage<Void> cancel() {
    work.cancels();
    return server.cancel();
  }

  @Override
  public void flush() {
    work.flush();
    server.flush();
  }

  @Override
  public void lend(Downstream borrower) {
    server.lend(new MirroredReplies(borrower, work));
  }

  @Override
  public void release(Release how) {
    frames.stop();
    work.end(how);
    server.release(how);
  }

  // ---- what concerns the server alone ----------------------------------------------------------

  @Override
  public void giveUp(PgError error) {
    server.giveUp(error);
  }

  @Override
  public boolean verified(ServerStatement statement) {
    return server.verified(statement);
  }

  @Override
  public void expectFakedClose(Runnable undo) {
    server.expectFakedClose(undo);
  }

  @Override
  public void merging(@Nullable Merging how) {
    server.merging(how);
  }

  @Override
  public boolean drained() {
    return server.drained();
  }

  @Override
  public boolean skipping() {
    return server.skipping();
  }

  @Override
  public boolean copyingIn() {
    return server.copyingIn();
  }

  @Override
  public void drain() {
    server.drain();
  }

  @Override
  public long answered() {
    return server.answered();
  }

  @Override
  public long transactions() {
    return server.transactions();
  }

  @Override
  public int pid() {
    return server.pid();
  }

  @Override
  public String ptr() {
    return server.ptr();
  }

  @Override
  public void goOn() {
    server.goOn();
  }

  @Override
  public boolean writable() {
    return server.writable();
  }

  @Override
  public void reading(boolean on) {
    server.reading(on);
  }

  @Override
  public boolean midReply() {
    return server.midReply();
  }

  @Override
  public Map<String, String> reported() {
    return server.reported();
  }

  @Override
  public boolean parametersChanged() {
    return server.parametersChanged();
  }

  @Override
  public void inquire(Inquiry inquiry) {
    server.inquire(inquiry);
  }

  @Override
  public void cancelReads(String message) {
    server.cancelReads(message);
  }
}
