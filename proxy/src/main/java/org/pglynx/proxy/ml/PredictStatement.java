package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.RowWriter;

/**
 * Predictions from features that need no server: one row, one column per call. When every model is
 * known and in memory the answer is given at once, on the event loop; else the models are looked up
 * first, on another thread.
 */
final class PredictStatement implements LocalStatement {
  /**
   * One call.
   *
   * @param function what predicts
   * @param selector whose model answers
   * @param features its features
   */
  record Item(PgmlFunction function, ModelSelector selector, Features features) {}

  private final List<Item> items;
  private final List<Column> columns;
  private final int[] parameterTypes;
  private final ModelLookup models;
  private final Executor executor;
  private final PredictionStats stats;

  PredictStatement(
      List<Item> items,
      List<Column> columns,
      int[] parameterTypes,
      ModelSource models,
      Executor executor,
      PredictionStats stats) {
    this.items = items;
    this.columns = columns;
    this.parameterTypes = parameterTypes;
    this.models =
        new ModelLookup(items.stream().map(Item::selector).toList(), parameterTypes, models);
    this.executor = executor;
    this.stats = stats;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public int[] parameterTypes() {
    return parameterTypes;
  }

  @Override
  public Texts texts() {
    for (Item item : items) {
      if (item.function() == PgmlFunction.PREDICT_LABEL || !item.features().numbers()) {
        return Texts.VALUES;
      }
    }
    return Texts.STATEMENT;
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    long start = System.nanoTime();
    try {
      @Nullable LoadedModel @Nullable [] found = models.cached(arguments, context);
      if (found != null) {
        answer(arguments, context, found, start);
        return Cancellable.DONE;
      }
    } catch (PgErrorException e) {
      context.fail(e.error());
      return Cancellable.DONE;
    }
    return Job.start(
        executor,
        cancel -> answer(arguments, context, models.find(arguments, context), start),
        context::fail);
  }

  private void answer(
      Arguments arguments, AnswerContext context, @Nullable LoadedModel[] found, long start)
      throws PgErrorException {
    ByteBuf frames = context.allocator().buffer(64);
    boolean handedOver = false;
    try {
      RowWriter row = new RowWriter(frames, columns.size(), arguments.resultFormats());
      row.begin();
      FeatureRow features = new FeatureRow(16);
      for (int i = 0; i < found.length; i++) {
        write(items.get(i), found[i], arguments, features, row);
      }
      row.end();
      context.rows(frames, 1);
      handedOver = true;
    } finally {
      if (!handedOver) {
        frames.release();
      }
    }
    context.complete("SELECT 1");
    long took = System.nanoTime() - start;
    for (LoadedModel model : found) {
      if (model != null) {
        stats.of(model, Way.ANSWERED).served(1, took);
      }
    }
  }

  private void write(
      Item item,
      @Nullable LoadedModel model,
      Arguments arguments,
      FeatureRow features,
      RowWriter row)
      throws PgErrorException {
    features.clear();
    if (!item.features().read(arguments, parameterTypes, model, features) || model == null) {
      row.nullValue();
      return;
    }
    if (item.function() == PgmlFunction.PREDICT) {
      row.float4(Scoring.predict(model, features));
    } else if (item.function() == PgmlFunction.PREDICT_LABEL) {
      row.text(Scoring.label(model, features));
    } else {
      row.float4Array(Scoring.array(item.function(), model, features));
    }
    model.served(1);
  }
}
