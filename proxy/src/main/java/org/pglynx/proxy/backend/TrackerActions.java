package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;

/** What a {@link ReplyTracker} causes, done to its connection. */
record TrackerActions(BackendConnection connection) implements ReplyTracker.Actions {
  @Override
  public void fakeParseComplete() {
    connection.insertParseComplete();
  }

  @Override
  public void fakeCloseComplete() {
    connection.insertCloseComplete();
  }

  @Override
  public void rewriteDescription(RowRewrite rewrite, ByteBuf buffer, int offset, int length) {
    connection.rewriteDescription(rewrite, buffer, offset, length);
  }

  @Override
  public Verdict rewriteRow(RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length) {
    return connection.rewriteRow(rows, buffer, offset, length);
  }

  @Override
  public boolean midReply() {
    return connection.midReply();
  }

  @Override
  public void restore(ServerStatement statement) {
    connection.restore(statement);
  }

  @Override
  public void parseFailed() {
    connection.parseFailed();
  }

  @Override
  public void resetFailed(PgError error) {
    connection.resetFailed(error);
  }

  @Override
  public void forget(ServerStatement statement) {
    connection.forget(statement);
  }

  @Override
  public boolean ready(byte status) {
    return connection.ready(status);
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
    connection.fatal(error);
  }
}
