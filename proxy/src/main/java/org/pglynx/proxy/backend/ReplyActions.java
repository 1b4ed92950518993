package org.pglynx.proxy.backend;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.PgError;

/** What a {@link ReplyTracker} causes besides a verdict. */
interface ReplyActions {
  /** Sends ParseComplete to the client, after all replies before it. */
  void fakeParseComplete();

  /** Sends CloseComplete to the client, after all replies before it. */
  void fakeCloseComplete();

  /** A rewritten RowDescription. */
  void rewriteDescription(RowRewrite rewrite, ByteBuf buffer, int offset, int length);

  /** An error of a rewritten statement; gives whether it passes on as it is. */
  Verdict rewriteError(RowRewrite rewrite, ByteBuf buffer, int offset, int length);

  /** An error that passes on as it is. */
  void errorPasses(ByteBuf buffer, int offset, int length);

  /** The end of rows that are transformed. */
  Verdict finishRows(RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length);

  /** A row to be transformed. */
  Verdict rewriteRow(RowRewrite.RowTransform rows, ByteBuf buffer, int offset, int length);

  /** Whether a reply has been passed on in part: nothing may be inserted now. */
  boolean midReply();

  /** The statement is known to the server no longer, or never was. */
  void forget(ServerStatement statement);

  /** The server knows the statement still: it has skipped the Close. */
  void restore(ServerStatement statement);

  /** The client's last plain Parse has failed or has been skipped. */
  void parseFailed();

  /** ReadyForQuery that concerns the client; gives whether it is passed on. */
  boolean ready(byte status);

  /** One statement of the reset between two clients is done. */
  void resetDone();

  /** The reset between two clients has failed. */
  void resetFailed(PgError error);

  /** A row of an inquiry. */
  void inquiryRow(ByteBuf buffer, int offset);

  /** An inquiry has failed. */
  void inquiryFailed(PgError error);

  /** An inquiry is over. */
  void inquiryDone();

  /** The client's parameters were refused. */
  void applyFailed(PgError error);

  /** A transaction could not be begun that the client believes in. */
  void beginFailed(PgError error);

  /** The server ends the connection with this. */
  void fatal(PgError error);
}
