package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Predictions per row: the server's rows have columns of features, real[] or JSON text, where the
 * client's statement has predictions.
 */
final class PredictRewrite implements RowRewrite {
  private static final int HEADER = 5;

  /** What the first rows in the order of a prediction may take at most, while they are found. */
  private static final long MAX_TOP_BYTES = 64L << 20;

  private final RewritePlan plan;
  private final ModelLookup models;
  private final Executor executor;
  private final PredictionStats stats;
  private final short[] serverFormats;
  private final PredictRewrite ofText;

  PredictRewrite(RewritePlan plan, ModelSource models, Executor executor, PredictionStats stats) {
    this.plan = plan;
    this.serverFormats = Formats.ALL_TEXT;
    this.models =
        new ModelLookup(
            plan.columns().stream().map(PredictColumn::selector).toList(), plan.types(), models);
    this.executor = executor;
    this.stats = stats;
    this.ofText = plan.serverFormats().length == 0 ? this : new PredictRewrite(this);
  }

  /** Of what the client wants in text. */
  private PredictRewrite(PredictRewrite other) {
    this.plan = other.plan;
    this.serverFormats = other.plan.serverFormats();
    this.models = other.models;
    this.executor = other.executor;
    this.stats = other.stats;
    this.ofText = this;
  }

  /** A Query with parameters fails, with words of its own. */
  @Override
  public RowRewrite ofQuery() {
    return plan.parameters() ? this : ofText;
  }

  @Override
  public RowRewrite ofText() {
    return ofText;
  }

  @Override
  public short[] serverFormats() {
    return serverFormats;
  }

  /** How its predictions are served. */
  Way way() {
    return plan.top() == null ? Way.STREAMED : Way.TOP;
  }

  @Override
  public Texts texts() {
    for (PredictColumn column : plan.columns()) {
      if (column.form() != FeatureForm.ARRAY || column.function() == PgmlFunction.PREDICT_LABEL) {
        return Texts.VALUES;
      }
    }
    return Texts.STATEMENT;
  }

  @Override
  public int hiddenColumns() {
    return plan.hiddenColumns();
  }

  @Override
  public int position(int position) {
    return plan.positions().original(position);
  }

  @Override
  public @Nullable PgError told(PgError error, int position) {
    return plan.casts().told(error, position(position));
  }

  /** Features, real[] or text, become what the function returns: real, text, or real[]. */
  @Override
  public void describe(ByteBuf in, ByteBuf out) {
    int base = out.writerIndex();
    int end = base + in.readableBytes();
    out.writeBytes(in, in.readerIndex(), in.readableBytes());
    int count = out.getShort(base + HEADER);
    int shown = count - plan.hiddenColumns();
    int at = base + HEADER + 2;
    for (int i = 0; i < shown; i++) {
      at = out.indexOf(at, end, (byte) 0) + 1;
      PredictColumn column = column(i, count);
      if (column != null) {
        int type = type(column.function());
        out.setInt(at + 6, type).setShort(at + 10, type == Oid.FLOAT4 ? 4 : -1);
        // A column of a relation that the features are may not seem to be what is predicted.
        out.setInt(at, 0).setShort(at + 4, 0).setInt(at + 12, -1);
        if (serverFormats.length > 0) {
          out.setShort(at + 16, Formats.TEXT);
        }
      }
      // Table, column number, type, size, modifier, format.
      at += 18;
    }
    out.writerIndex(at).setShort(base + HEADER, shown).setInt(base + 1, at - base - 1);
  }

  private static int type(PgmlFunction function) {
    if (function == PgmlFunction.PREDICT) {
      return Oid.FLOAT4;
    }
    return function == PgmlFunction.PREDICT_LABEL ? Oid.TEXT : Oid.FLOAT4_ARRAY;
  }

  private @Nullable PredictColumn column(int index, int count) {
    for (PredictColumn column : plan.columns()) {
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
    List<PredictionStats.Count> counts = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      LoadedModel model = found[i];
      if (model != null) {
        Scoring.checkFunction(plan.columns().get(i).function(), model);
        counts.add(stats.of(model, way()));
      }
    }
    return new CountedRows(plain(arguments, found), counts);
  }

  private RowTransform plain(Arguments arguments, @Nullable LoadedModel[] found)
      throws PgErrorException {
    RewritePlan.Top top = plan.top();
    CopyFormat copy = plan.copy();
    if (copy != null) {
      return new CopyTransform(plan.columns(), found, copy);
    }
    if (top == null) {
      return new PredictTransform(plan.columns(), found, arguments.resultFormats(), serverFormats);
    }
    int limit = top.clause().limit().of(arguments, plan.types(), Integer.MAX_VALUE);
    int offset = top.clause().offset().of(arguments, plan.types(), 0);
    int kept = (int) Math.min(limit + (long) offset, Integer.MAX_VALUE);
    return new TopTransform(
        new PredictTransform(plan.columns(), found, arguments.resultFormats(), serverFormats),
        top,
        new TopRows(top.clause().order(), limit == 0 ? 0 : kept, MAX_TOP_BYTES),
        offset);
  }
}
