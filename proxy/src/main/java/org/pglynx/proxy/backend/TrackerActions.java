package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;
import org.pglynx.proxy.wire.PgError;

/** What a {@link ReplyTracker} causes, done to its connection. */
record TrackerActions(BackendConnection connection) implements ReplyActions {
  private static final ByteBuf PARSE_COMPLETE = constant(BackendTag.PARSE_COMPLETE);
  private static final ByteBuf CLOSE_COMPLETE = constant(BackendTag.CLOSE_COMPLETE);

  private static ByteBuf constant(byte tag) {
    // Not of an allocator, which would watch for its end: it has none.
    ByteBuf frame = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(5)).clear();
    FrameWriter.empty(frame, tag);
    return Unpooled.unreleasableBuffer(frame).asReadOnly();
  }

  @Override
  public void fakeParseComplete() {
    connection.replies().insert(PARSE_COMPLETE.duplicate());
  }

  @Override
  public void fakeCloseComplete() {
    connection.replies().insert(CLOSE_COMPLETE.duplicate());
  }

  @Override
  public void rewriteDescription(RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
    connection.replies().rewritten().describe(rewrite, buffer, offset, length);
  }

  @Override
  public Verdict rewriteRow(RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length) {
    return connection.replies().rewritten().add(rows, buffer, offset, length);
  }

  @Override
  public Verdict rewriteError(RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
    return connection.replies().rewritten().error(rewrite, buffer, offset, length);
  }

  @Override
  public void errorPasses(ByteBuf buffer, int offset, int length) {
    connection.replies().errorPasses(buffer, offset, length);
  }

  @Override
  public Verdict finishRows(RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length) {
    return connection.replies().rewritten().finish(rows, buffer, offset, length);
  }

  @Override
  public boolean midReply() {
    return connection.replies().midReply();
  }

  @Override
  public void restore(ServerStatement statement) {
    connection.statements().restore(statement);
  }

  @Override
  public void parseFailed() {
    connection.replies().parseFailed();
  }

  @Override
  public void resetFailed(PgError error) {
    connection.resetFailed(error);
  }

  @Override
  public void forget(ServerStatement statement) {
    connection.statements().remove(statement);
  }

  @Override
  public boolean ready(byte status) {
    return connection.replies().ready(status);
  }

  @Override
  public void resetDone() {
    connection.resetDone();
  }

  @Override
  public void inquiryRow(ByteBuf buffer, int offset) {
    connection.inquiries().row(buffer, offset);
  }

  @Override
  public void inquiryFailed(PgError error) {
    connection.inquiries().failed(error);
  }

  @Override
  public void inquiryDone() {
    connection.inquiries().done();
  }

  @Override
  public void applyFailed(PgError error) {
    connection.applyFailed(error);
  }

  @Override
  public void beginFailed(PgError error) {
    connection.beginFailed(error);
  }

  @Override
  public void fatal(PgError error) {
    connection.ending().is(error);
  }
}
