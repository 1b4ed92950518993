package org.pglynx.proxy.ml;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.AutoRequest;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.api.SearchRequest;
import org.pglynx.ml.api.TrainedModel;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgError.Severity;

/**
 * What a client is told while it trains: PostgresML's lines, and progress at most once a second
 * with the number that {@code pgml.cancel_training} takes.
 */
final class TrainNotices implements ProgressListener {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AnswerContext context;
  private final TrainingJob job;
  private final long startNanos = System.nanoTime();
  private final AtomicLong lastNanos = new AtomicLong(startNanos);

  TrainNotices(AnswerContext context, TrainingJob job) {
    this.context = context;
    this.job = job;
  }

  private void info(String text) {
    context.notice(PgError.notice(Severity.INFO, text));
  }

  void warning(String text) {
    context.notice(PgError.notice(Severity.WARNING, text));
  }

  void runtimeIgnored(String runtime) {
    warning("runtime \"" + runtime + "\" is not used: models are trained inside the proxy (java)");
  }

  void snapshotting(String relation) {
    info("Snapshotting table \"" + relation + "\", this may take a little while...");
  }

  void reusing(Snapshots.Snapshot snapshot) {
    info(
        snapshot.materialized()
            ? "Using existing snapshot from " + snapshot.table()
            : "Using existing snapshot of " + snapshot.relation());
  }

  void materialized(String relation, Snapshots.Snapshot snapshot) {
    info("Snapshot of table \"" + relation + "\" created and saved in " + snapshot.table());
  }

  void dataset(Task task, DataSet data, Split split) {
    int classes = task == Task.CLASSIFICATION ? data.classes(data.allRows()).labels().count() : 0;
    info(
        ("Dataset { num_features: %d, num_labels: %d, num_distinct_labels: %d, num_rows: %d,"
                + " num_train_rows: %d, num_test_rows: %d }")
            .formatted(
                data.featureCount(),
                data.labelCount(),
                classes,
                data.rowCount(),
                split.train().length,
                split.test().length));
  }

  void training(long model, Task task, TrainCall call, int contenders) {
    job.model(model);
    job.enter(TrainingJob.State.TRAINING);
    info(
        "Training Model { id: %d, task: %s, algorithm: %s, runtime: java }"
            .formatted(model, task.sqlName(), call.algorithm()));
    AutoRequest auto = call.auto().orElse(null);
    if (auto != null) {
      info(
          String.format(
              Locale.ROOT,
              "Algorithms: %d, cross validation folds: %d, seconds: %s",
              contenders,
              auto.folds(),
              auto.seconds()));
      return;
    }
    SearchRequest search = call.search().orElse(null);
    info(
        "Hyperparameter searches: %d, cross validation folds: %d"
            .formatted(
                search == null ? 1 : search.candidates(), search == null ? 1 : search.folds()));
  }

  void trained(TrainedModel model) {
    job.enter(TrainingJob.State.STORING);
    info("Hyperparams: " + JsonObjects.write(model.hyperparams()));
    failures(model.failures());
    Map<String, Object> metrics = new TreeMap<>(model.metrics());
    // A table of every fold: it is in pgml.models.metrics.
    metrics.remove("search_results");
    info("Metrics: " + JsonObjects.write(metrics));
    if (metrics.get("silhouette_rows") instanceof Number sample) {
      info(
          "silhouette is that of a sample of %d of the %d held-out rows"
              .formatted(sample.longValue(), model.testRows()));
    }
  }

  /** Of those candidates of a search that others won against because they could not be trained. */
  private void failures(List<String> reasons) {
    if (!reasons.isEmpty()) {
      warning(
          "%d candidates of the search failed; models.metrics has all, the first: %s"
              .formatted(reasons.size(), reasons.getFirst()));
    }
  }

  void comparing(Task task, @Nullable Double deployed) {
    info(
        "Comparing to deployed model %s: %s"
            .formatted(task.keyMetric(), deployed == null ? "None" : "Some(" + deployed + ")"));
  }

  void deploying(long model) {
    info("Deploying model id: " + model);
  }

  /** Rows have been read, and learning from them takes so much memory. */
  void rows(int rows, long bytes) {
    job.read(rows, bytes);
    long now = System.nanoTime();
    if (due(now)) {
      info(String.format(Locale.ROOT, "Read %d rows, %d s%s", rows, seconds(now), job.label()));
    }
  }

  @Override
  public void progress(String phase, int done, int total) {
    job.rounds(done, total);
    long now = System.nanoTime();
    if (due(now)) {
      info(
          String.format(
              Locale.ROOT,
              "Training: %s %d of %d, %d s%s",
              phase,
              done,
              total,
              seconds(now),
              job.label()));
    }
  }

  private boolean due(long now) {
    long last = lastNanos.get();
    return now - last >= INTERVAL_NANOS && lastNanos.compareAndSet(last, now);
  }

  private long seconds(long now) {
    return TimeUnit.NANOSECONDS.toSeconds(now - startNanos);
  }
}
