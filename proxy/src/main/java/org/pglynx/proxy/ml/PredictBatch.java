package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * pgml.predict_batch: the rows one behind the other in one array. A project answers with one row
 * for each, a model's id with one array, as PostgresML has it.
 */
final class PredictBatch implements LocalStatement {
  private static final int CHECK_EVERY = 256;

  /** Fewer values are over before it would have been asked how long they may take. */
  private static final int MANY_VALUES = 100_000;

  private final Features features;
  private final RowForm form;
  private final boolean array;
  private final int[] parameterTypes;
  private final ModelLookup models;
  private final Executor executor;

  PredictBatch(
      ModelSelector selector,
      Features features,
      RowForm form,
      boolean array,
      int[] parameterTypes,
      ModelSource models,
      Executor executor) {
    this.features = features;
    this.form = form;
    this.array = array;
    this.parameterTypes = parameterTypes;
    this.models = new ModelLookup(List.of(selector), parameterTypes, models);
    this.executor = executor;
  }

  @Override
  public List<Column> columns() {
    return form.columns();
  }

  @Override
  public int[] parameterTypes() {
    return parameterTypes;
  }

  @Override
  public Texts texts() {
    return features.numbers() ? Texts.STATEMENT : Texts.VALUES;
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    return Job.start(executor, stop -> answer(arguments, context, stop), context::fail);
  }

  private void answer(Arguments arguments, AnswerContext context, CancelToken cancel)
      throws PgErrorException, InterruptedException {
    long began = System.nanoTime();
    LoadedModel model = models.find(arguments, context)[0];
    FeatureRow rows = new FeatureRow(64);
    float @Nullable [] scores = null;
    if (features.read(arguments, parameterTypes, model, rows) && model != null) {
      scores = scores(model, rows, new Limit(cancel, began, limit(rows, context)));
    }
    float @Nullable [] answer = scores;
    RowsAnswer.give(context, frames -> write(answer, arguments.resultFormats(), frames));
  }

  private static long limit(FeatureRow rows, AnswerContext context)
      throws PgErrorException, InterruptedException {
    return rows.count() > MANY_VALUES ? CallTimeouts.statementNanos(context) : 0;
  }

  /**
   * What stops it.
   *
   * @param nanos how long it may take; 0 is without limit
   */
  private record Limit(CancelToken cancel, long began, long nanos) {
    void check() throws PgErrorException {
      cancel.check();
      if (nanos > 0 && System.nanoTime() - began > nanos) {
        throw CallTimeouts.exceeded().toException();
      }
    }
  }

  /** NULL gives one NULL, or no rows where there is a set of them. */
  private int write(float @Nullable [] scores, short[] formats, ByteBuf frames) {
    if (array) {
      form.write(frames, formats, Collections.singletonList(scores));
      return 1;
    }
    int count = scores == null ? 0 : scores.length;
    for (int i = 0; i < count; i++) {
      form.write(frames, formats, Collections.singletonList(scores == null ? null : scores[i]));
    }
    return count;
  }

  private static float[] scores(LoadedModel model, FeatureRow rows, Limit limit)
      throws PgErrorException {
    int width = model.model().featureCount();
    if (rows.count() % width != 0) {
      throw PredictionErrors.wrongFeatureCount(model, rows.count())
          .withDetail("The features of a batch are those of its rows, one row behind the other.")
          .toException();
    }
    float[] scores = new float[rows.count() / width];
    FeatureRow row = new FeatureRow(width);
    for (int i = 0; i < scores.length; i++) {
      if (i % CHECK_EVERY == 0) {
        limit.check();
      }
      rows.copyTo(row, i * width, width);
      scores[i] = Scoring.predict(model, row);
    }
    model.served(scores.length);
    return scores;
  }

  @Override
  public String toString() {
    return "PredictBatch" + Arrays.toString(parameterTypes);
  }
}
