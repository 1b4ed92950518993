package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.PgError;

/**
 * The same of a statement that the server runs: it has the text that the name stood for, and is of
 * no use any more when the name stands for another one.
 *
 * @param current whether the name still stands for it
 */
record KeptRewrite(BooleanSupplier current, RowRewrite rows) implements RowRewrite {
  @Override
  public void describe(ByteBuf in, ByteBuf out) {
    rows.describe(in, out);
  }

  @Override
  public RowRewrite ofQuery() {
    return new KeptRewrite(current, rows.ofQuery());
  }

  @Override
  public RowRewrite ofText() {
    return new KeptRewrite(current, rows.ofText());
  }

  @Override
  public short[] serverFormats() {
    return rows.serverFormats();
  }

  @Override
  public int hiddenColumns() {
    return rows.hiddenColumns();
  }

  @Override
  public Texts texts() {
    return rows.texts();
  }

  @Override
  public int position(int position) {
    return rows.position(position);
  }

  @Override
  public @Nullable PgError told(PgError error, int position) {
    return rows.told(error, position);
  }

  @Override
  public Cancellable open(Arguments arguments, AnswerContext context, Callback callback) {
    if (current.getAsBoolean()) {
      return rows.open(arguments, context, callback);
    }
    callback.failed(StatementErrors.otherResult());
    return Cancellable.DONE;
  }
}
