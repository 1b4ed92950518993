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
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * pgml.predict_batch: the rows one behind the other in one array. A project answers with one row
 * for each, a model's id with one array, as PostgresML has it.
 */
final class PredictBatch implements LocalStatement {
  private static final int CHECK_EVERY = 256;

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
  public Cancellable start(Arguments arguments, AnswerContext context) {
    return Job.start(executor, cancel -> answer(arguments, context, cancel), context::fail);
  }

  private void answer(Arguments arguments, AnswerContext context, CancelToken cancel)
      throws PgErrorException, InterruptedException {
    LoadedModel model = models.find(arguments, context)[0];
    FeatureRow rows = new FeatureRow(64);
    float @Nullable [] scores =
        features.read(arguments, parameterTypes, model, rows) && model != null
            ? scores(model, rows, cancel)
            : null;
    RowsAnswer.give(context, frames -> write(scores, arguments.resultFormats(), frames));
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

  private static float[] scores(LoadedModel model, FeatureRow rows, CancelToken cancel)
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
        cancel.check();
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
