package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Predictions per row: the server's rows have columns of features, real[] or JSON text, where the
 * client's statement has predictions.
 */
final class PredictRewrite implements RowRewrite {
  private static final int HEADER = 5;

  private final List<PredictColumn> columns;
  private final ModelLookup models;
  private final Executor executor;

  PredictRewrite(
      List<PredictColumn> columns, int[] declaredTypes, ModelSource models, Executor executor) {
    this.columns = columns;
    this.models =
        new ModelLookup(
            columns.stream().map(PredictColumn::selector).toList(), declaredTypes, models);
    this.executor = executor;
  }

  /** Features, real[] or text, become what the function returns: real, text, or real[]. */
  @Override
  public void describe(ByteBuf in, ByteBuf out) {
    int base = out.writerIndex();
    int length = in.readableBytes();
    out.writeBytes(in, in.readerIndex(), length);
    int count = out.getShort(base + HEADER);
    int at = base + HEADER + 2;
    for (int i = 0; i < count; i++) {
      at = out.indexOf(at, base + length, (byte) 0) + 1;
      PredictColumn column = column(i, count);
      if (column != null) {
        int type = type(column.function());
        out.setInt(at + 6, type).setShort(at + 10, type == Oid.FLOAT4 ? 4 : -1);
      }
      // Table, column number, type, size, modifier, format.
      at += 18;
    }
  }

  private static int type(PgmlFunction function) {
    if (function == PgmlFunction.PREDICT) {
      return Oid.FLOAT4;
    }
    return function == PgmlFunction.PREDICT_LABEL ? Oid.TEXT : Oid.FLOAT4_ARRAY;
  }

  private @Nullable PredictColumn column(int index, int count) {
    for (PredictColumn column : columns) {
      if (column.index(count) == index) {
        return column;
      }
    }
    return null;
  }

  @Override
  public Cancellable open(Arguments arguments, AnswerContext context, Callback callback) {
    try {
      @Nullable LoadedModel @Nullable [] found = models.cached(arguments, context);
      if (found != null) {
        callback.opened(transform(arguments, found));
        return Cancellable.DONE;
      }
    } catch (PgErrorException e) {
      callback.failed(e.error());
      return Cancellable.DONE;
    }
    return Job.start(
        executor,
        cancel -> {
          RowTransform transform = transform(arguments, models.find(arguments, context));
          context.loop().execute(() -> callback.opened(transform));
        },
        error -> context.loop().execute(() -> callback.failed(error)));
  }

  private RowTransform transform(Arguments arguments, @Nullable LoadedModel[] found)
      throws PgErrorException {
    for (int i = 0; i < found.length; i++) {
      LoadedModel model = found[i];
      if (model != null) {
        Scoring.checkFunction(columns.get(i).function(), model);
      }
    }
    return new PredictTransform(columns, found, arguments.resultFormats());
  }
}
