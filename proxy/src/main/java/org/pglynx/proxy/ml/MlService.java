package org.pglynx.proxy.ml;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.AlgorithmInfo;
import org.pglynx.ml.api.EngineSettings;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.data.Budget;
import org.pglynx.ml.exec.TrainingExecutor;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * The machine-learning side of a process: one engine, one model cache, a bounded executor for
 * trainings, and virtual threads for short conversations with servers (those are bounded by the
 * pools that they get their connections from).
 */
public final class MlService implements AutoCloseable {
  /** What stops computes for up to a second, and then needs a connection for a moment. */
  private static final long STORING_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final MlSettings settings;
  private final MlEngine engine;
  private final ModelCache models;
  private final DeploymentCache deployments = new DeploymentCache(System::nanoTime);
  private final ConcurrentHashMap<String, DeploymentNews> news = new ConcurrentHashMap<>();
  private final PredictionStats stats = new PredictionStats();
  private final TrainingExecutor trainings;
  private final TrainingExecutor files;
  private final TrainingJobs jobs = new TrainingJobs();
  private final ExecutorService conversations;

  /** The service; {@link #close} ends its threads. */
  public MlService(MlSettings settings) {
    this.settings = settings;
    this.trainings =
        new TrainingExecutor("pglynx-train", "trainings", settings.threads(), settings.queue());
    this.files =
        new TrainingExecutor(
            "pglynx-file", "imports and exports", settings.threads(), settings.queue());
    this.engine =
        new MlEngine(
            EngineSettings.defaults(), TrainingThreads.ofMachine(trainings::running)::each);
    this.models = new ModelCache(settings.cacheBytes());
    this.conversations =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("pglynx-ml-", 0).factory());
  }

  /**
   * The interceptor for sessions of one pool.
   *
   * @param database as clients name it
   * @param clusterKey tells the server databases behind this process apart, so that what is cached
   *     of one is never taken for another's
   * @param hub listens for the pool; null if it is of several shards
   */
  public QueryInterceptor interceptor(
      String database, String clusterKey, @Nullable NotificationHub hub) {
    PostgresmlModels others =
        new PostgresmlModels(engine::importModel, EngineSettings.defaults().maxModelBytes());
    DeploymentNews heard =
        news.computeIfAbsent(
            clusterKey,
            key -> new DeploymentNews(key, deployments, conversations, System::nanoTime));
    ModelSource source =
        new ModelSource(
            clusterKey,
            engine::decode,
            others,
            models,
            deployments,
            hub == null ? () -> {} : () -> heard.wanted(hub));
    Budget budget = settings.each();
    Answers answers =
        new ServedAnswers(
            source,
            new TrainService(engine, source, budget, jobs, clusterKey),
            new CancelTraining(jobs, clusterKey),
            new Runners(on(trainings), on(files), conversations),
            stats);
    return new MlInterceptor(
        new StatementPlanner(
            new LocalPlanner(answers),
            hub == null ? null : new RewritePlanner(answers),
            hub == null ? null : new GivenPlanner(answers)),
        project -> stats.of(clusterKey, database, project, Way.DATABASE).called());
  }

  private static Executor on(TrainingExecutor executor) {
    return task ->
        executor.submit(
            Job.token(task),
            () -> {
              task.run();
              return Boolean.TRUE;
            });
  }

  /** The models in memory. */
  public List<ModelRow> models() {
    return models.all().stream()
        .map(model ->
            new ModelRow(
                model.key().cluster(),
                model.key().database(),
                model.project(),
                model.key().id(),
                model.model().algorithm(),
                model.bytes(),
                model.predictions()))
        .toList();
  }

  /** Every algorithm that SQL knows. */
  public List<AlgorithmInfo> algorithms() {
    return engine.algorithms();
  }

  /** How often projects have predicted. */
  public List<PredictionRow> predictions() {
    return stats.rows();
  }

  /** The trainings that wait or run. */
  public List<TrainingRow> trainings() {
    return jobs.rows();
  }

  /** How many trainings have ended with a model. */
  public long trainingsDone() {
    return jobs.done();
  }

  /** How many trainings have ended without one. */
  public long trainingsFailed() {
    return jobs.failed();
  }

  /** Trainings that run now. */
  public int runningTrainings() {
    return trainings.running();
  }

  /** Trainings that wait. */
  public int queuedTrainings() {
    return trainings.queued();
  }

  /**
   * Stops the trainings, and gives them some time to store that they have failed: that needs the
   * pools, which are to be closed after it.
   */
  public void stopTrainings() {
    jobs.stop(
        PgError.error(SqlState.ADMIN_SHUTDOWN, "canceling training: the proxy is shutting down")
            .withHint("Train again through another proxy, or when it is back."));
    try {
      jobs.awaitNone(STORING_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    trainings.close();
    files.close();
    conversations.shutdownNow();
  }
}
