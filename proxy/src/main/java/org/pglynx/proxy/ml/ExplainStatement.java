package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * pgml.explain: what each feature adds to the prediction of one row, what adds most first, and in
 * the end the bias, what the model says of a row that it knows nothing of. They sum to the score:
 * the value, or for classes the score of the predicted one before it becomes a probability.
 */
final class ExplainStatement implements LocalStatement {
  private static final String BIAS = "(bias)";

  private final Features features;
  private final RowForm form;
  private final int[] parameterTypes;
  private final ModelLookup models;
  private final Executor executor;

  ExplainStatement(
      ModelSelector selector,
      Features features,
      RowForm form,
      int[] parameterTypes,
      ModelSource models,
      Executor executor) {
    this.features = features;
    this.form = form;
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
    return Texts.OWN_VALUES;
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    return Job.start(executor, cancel -> answer(arguments, context), context::fail);
  }

  private void answer(Arguments arguments, AnswerContext context)
      throws PgErrorException, InterruptedException {
    LoadedModel model = models.find(arguments, context)[0];
    FeatureRow row = new FeatureRow(16);
    boolean answered = model != null && features.read(arguments, parameterTypes, model, row);
    RowsAnswer.give(
        context,
        frames ->
            answered && model != null ? write(model, row, frames, arguments.resultFormats()) : 0);
  }

  private int write(LoadedModel loaded, FeatureRow row, ByteBuf frames, short[] formats)
      throws PgErrorException {
    Scoring.check(loaded, row);
    double[] parts = contributions(loaded.model(), row.values());
    List<String> names = loaded.model().featureNames();
    IntStream.range(0, names.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -Math.abs(parts[i])))
        .forEach(i -> form.write(frames, formats, line(names.get(i), parts[i])));
    form.write(frames, formats, line(BIAS, parts[names.size()]));
    return names.size() + 1;
  }

  private static List<@Nullable Object> line(String name, double contribution) {
    return Arrays.asList(name, contribution);
  }

  /** Of the only score, or of the predicted class's. */
  private static double[] contributions(Model model, float[] row) {
    int scores = model.explainedScores();
    int width = model.featureCount() + 1;
    double[] all = new double[Math.max(1, scores) * width];
    model.explain(row, 0, all);
    int chosen =
        scores > 1 && model.task() == Task.CLASSIFICATION ? (int) model.predict(row, 0) : 0;
    return Arrays.copyOfRange(all, chosen * width, (chosen + 1) * width);
  }
}
