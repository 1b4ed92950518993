package org.pglynx.proxy.ml;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.Column;

/** Gives planned statements the services of one pool. */
final class ServedAnswers implements Answers {
  private final ModelSource models;
  private final TrainService training;
  private final CancelTraining cancelling;
  private final Executor trainings;
  private final Executor files;
  private final Executor conversations;
  private final PredictionStats stats;
  private final CallTimeouts timeouts;

  /**
   * The answers.
   *
   * @param runners who runs what takes its time
   */
  ServedAnswers(
      ModelSource models,
      TrainService training,
      CancelTraining cancelling,
      Runners runners,
      PredictionStats stats) {
    this.models = models;
    this.training = training;
    this.cancelling = cancelling;
    this.trainings = runners.trainings();
    this.files = runners.files();
    this.conversations = runners.conversations();
    this.stats = stats;
    this.timeouts = CallTimeouts.of(conversations);
  }

  @Override
  public LocalStatement extension(ExtensionStatement statement) {
    return new ExtensionService(statement, models, conversations);
  }

  @Override
  public LocalStatement service(BoundCall call, RowForm form, int[] parameterTypes) {
    return switch (call.signature().function()) {
      case "train", "train_joint" -> computing(call, form, parameterTypes, training, trainings);
      case "deploy" ->
          asking(
              call,
              form,
              parameterTypes,
              new DeployService(models, training.algorithms()),
              conversations);
      case "snapshot" ->
          computing(call, form, parameterTypes, new SnapshotService(training.budget()), trainings);
      case "load_dataset" ->
          computing(call, form, parameterTypes, new LoadDataset(), conversations);
      case "cancel_training" -> asking(call, form, parameterTypes, cancelling, conversations);
      case "feature_importance" ->
          asking(call, form, parameterTypes, new FeatureImportances(models), conversations);
      case "export_model" ->
          computing(call, form, parameterTypes, new ExportModel(training.engine(), models), files);
      case "import_model" ->
          computing(call, form, parameterTypes, new ImportModel(training.engine(), models), files);
      case "xgboost_version" ->
          asking(call, form, parameterTypes, new XgboostVersion(), Runnable::run);
      case "version" ->
          asking(call, form, parameterTypes, oneRow(ServedAnswers::version), Runnable::run);
      default -> throw new IllegalArgumentException(call.toString());
    };
  }

  /** Takes its time beside the server, which cannot hold it to anything meanwhile. */
  private LocalStatement computing(
      BoundCall call,
      RowForm form,
      int[] parameterTypes,
      ServiceStatement.Service service,
      Executor executor) {
    return new ServiceStatement(call, form, parameterTypes, service, executor, timeouts);
  }

  /** Takes the time of its statements, if any. */
  private static LocalStatement asking(
      BoundCall call,
      RowForm form,
      int[] parameterTypes,
      ServiceStatement.Service service,
      Executor executor) {
    return new ServiceStatement(call, form, parameterTypes, service, executor, CallTimeouts.NONE);
  }

  @Override
  public LocalStatement explanation(
      ModelSelector selector, Features features, RowForm form, int[] parameterTypes) {
    return new ExplainStatement(selector, features, form, parameterTypes, models, conversations);
  }

  @Override
  public LocalStatement batch(
      ModelSelector selector,
      Features features,
      RowForm form,
      boolean array,
      int[] parameterTypes) {
    return new PredictBatch(selector, features, form, array, parameterTypes, models, conversations);
  }

  @Override
  public LocalStatement computed(
      ComputedExpressions expressions,
      ComputedStatement.Call call,
      RowForm form,
      int[] parameterTypes) {
    return new ComputedStatement(expressions, call, form, parameterTypes, conversations);
  }

  private static ServiceStatement.Service oneRow(ServiceStatement.OneRow service) {
    return service;
  }

  private static List<@Nullable Object> version(
      CallValues values, AnswerContext context, CancelToken cancel) {
    String own = ServedAnswers.class.getPackage().getImplementationVersion();
    // PostgresML's number first: its clients parse it.
    return Arrays.asList("2.10.0 (pglynx " + (own == null ? "development" : own) + ")");
  }

  @Override
  public LocalStatement predictions(
      List<PredictStatement.Item> items, List<Column> columns, int[] parameterTypes) {
    return new PredictStatement(items, columns, parameterTypes, models, conversations, stats);
  }

  @Override
  public RowRewrite given(GivenPlan plan) {
    return new GivenRewrite(plan, conversations);
  }

  @Override
  public RowRewrite rewrite(RewritePlan plan) {
    return new PredictRewrite(plan, models, conversations, stats);
  }
}
