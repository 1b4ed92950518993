package org.pglynx.proxy.ml;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.TrainedModel;
import org.pglynx.ml.api.TrainingRequest;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Preprocess;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * One training, from the first look at the project to the deployment.
 *
 * <p>Outside of a transaction it is two short transactions with the computing in between, during
 * which it holds no connection: the first reads the rows and stores that the training has begun,
 * the second stores the model and deploys it; a failure in between is stored as the model's status.
 * In the caller's transaction all is done there, and undone with it.
 */
final class Training {
  /** Columns of more rows take a while to sort: the server's transaction does not wait for that. */
  private static final int FEW_ROWS = 2_000_000;

  private final TrainService service;
  private final TrainCall given;
  private final AnswerContext context;
  private final Stop stop;
  private final TrainingJob job;
  private final TrainNotices notices;
  private final TrainingStorage storage;

  Training(
      TrainService service, TrainCall call, AnswerContext context, Stop stop, TrainingJob job) {
    this.service = service;
    this.given = call;
    this.context = context;
    this.stop = stop;
    this.job = job;
    this.notices = new TrainNotices(context, job);
    this.storage = new TrainingStorage(context, notices);
  }

  /** Runs it; gives the row that train returns. */
  List<@Nullable Object> run() throws PgErrorException, InterruptedException {
    try (Arena memory = Arena.ofShared()) {
      return run(memory);
    }
  }

  /** The rows that are learnt from are in that memory. */
  private List<@Nullable Object> run(Arena memory) throws PgErrorException, InterruptedException {
    String runtime = given.runtime();
    if (runtime != null && !runtime.equals("java")) {
      notices.runtimeIgnored(runtime);
    }
    PreparedTraining prepared;
    try (SqlSession session = context.servers().open()) {
      CallersEncoding.requireUtf8(session);
      PgmlSchema.ensure(session);
      Models.failLost(session);
      prepared = Transactions.run(session, () -> prepare(session, memory));
      if (session.callersTransaction()) {
        return inside(session, prepared);
      }
    }
    return outside(prepared);
  }

  private List<@Nullable Object> inside(SqlSession session, PreparedTraining prepared)
      throws PgErrorException, InterruptedException {
    try (TrainingOutcome outcome = compute(prepared)) {
      boolean deployed = storage.store(session, prepared, outcome);
      if (deployed) {
        service
            .models()
            .deployed(context, prepared.project().name(), Deployments.openTransaction(session));
      }
      return row(prepared, outcome, deployed);
    }
  }

  private List<@Nullable Object> outside(PreparedTraining prepared)
      throws PgErrorException, InterruptedException {
    boolean done = false;
    PgError failure = PgError.error(SqlState.INTERNAL_ERROR, "the training failed");
    try {
      List<@Nullable Object> row = computeAndStore(prepared);
      done = true;
      return row;
    } catch (PgErrorException e) {
      failure = e.error();
      throw e;
    } catch (MlException e) {
      failure = e.kind() == MlException.Kind.CANCELLED ? stop.why() : MlErrors.of(e);
      throw e;
    } catch (InterruptedException e) {
      failure = stop.why();
      throw e;
    } finally {
      if (!done) {
        storage.markFailed(prepared, failure);
      }
    }
  }

  private List<@Nullable Object> computeAndStore(PreparedTraining prepared)
      throws PgErrorException, InterruptedException {
    TrainingOutcome outcome;
    try (TrainingPulse pulse = TrainingPulse.start(context.servers(), job, described(prepared))) {
      outcome = compute(prepared);
    }
    boolean deployed;
    try (outcome;
        SqlSession session = context.servers().open()) {
      deployed = Transactions.run(session, () -> storage.store(session, prepared, outcome));
    }
    if (deployed) {
      deployed(prepared, outcome.trained().model());
    }
    return row(prepared, outcome, deployed);
  }

  /** It is in memory before anybody predicts with it; one that is not deployed is nobody's yet. */
  private void deployed(PreparedTraining prepared, Model model) {
    ModelSource models = service.models();
    String project = prepared.project().name();
    Models.Stored stored = prepared.model();
    models.trained(models.modelKey(context, stored.id(), stored.createdAt()), project, model);
    models.deployed(context, project, null);
  }

  private static TrainingPulse.Described described(PreparedTraining prepared) {
    return new TrainingPulse.Described(
        prepared.model().id(), prepared.project().name(), prepared.call().algorithm());
  }

  private List<@Nullable Object> row(
      PreparedTraining prepared, TrainingOutcome outcome, boolean deployed) {
    return Arrays.asList(
        prepared.project().name(),
        prepared.project().task(),
        outcome.trained().model().algorithm(),
        deployed);
  }

  private PreparedTraining prepare(SqlSession session, Arena memory)
      throws PgErrorException, InterruptedException {
    Projects.Project project = Projects.findOrNew(session, given.project(), given.task());
    Task task = project.engineTask();
    TrainCall call = given;
    if (given.task() == null) {
      call = given.forTask(task);
      service.check(task, call);
    }
    TrainingInput input = new TrainingInput(session, notices, stop, service.budget());
    Snapshots.Snapshot snapshot = input.snapshot(call, project);
    TrainingRelation found = input.relation(snapshot, task);
    TrainingRelation relation = task == Task.CLASSIFICATION ? found.ofClasses() : found;
    relation.require(TrainCall.preprocessing(snapshot.preprocess()));
    Projects.Project stored = Projects.store(session, project);
    Snapshots.Snapshot taken = input.store(snapshot, relation);
    DataSet data = input.read(taken, relation, memory);
    Split split = split(taken, task, data);
    CoarseTimes.warnings(relation.columns(), data).forEach(notices::warning);
    Models.Stored model =
        Models.begin(session, call, taken.rows(), stored.id(), taken.id(), data.featureCount());
    notices.training(model.id(), task, call, service.contenders(task, call));
    Preprocess preprocess =
        TrainCall.preprocessing(taken.preprocess()).withOrders(relation.orders());
    return new PreparedTraining(call, preprocess, stored, taken, relation, data, split, model);
  }

  private Split split(Snapshots.Snapshot snapshot, Task task, DataSet data) {
    Split split = Split.of(data, snapshot.testSize(), snapshot.sampling(), snapshot.seed(), task);
    notices.dataset(task, data, split);
    return split;
  }

  private TrainingOutcome compute(PreparedTraining prepared) throws PgErrorException {
    Snapshots.Snapshot snapshot = prepared.snapshot();
    TrainedModel trained =
        service
            .engine()
            .train(
                new TrainingRequest(
                    prepared.task(),
                    prepared.call().algorithm(),
                    prepared.call().hyperparams(),
                    prepared.data(),
                    snapshot.testSize(),
                    snapshot.sampling(),
                    snapshot.seed(),
                    prepared.call().search(),
                    prepared.preprocess(),
                    prepared.call().auto()),
                prepared.split(),
                notices,
                stop);
    byte[] bytes = service.engine().encode(trained.model());
    FutureTask<String> columns = new FutureTask<>(() -> columns(prepared));
    if (prepared.data().rowCount() > FEW_ROWS) {
      columns.run();
    } else {
      Thread.ofPlatform().daemon().name("pglynx-columns").start(columns);
    }
    notices.trained(trained);
    return new TrainingOutcome(trained, bytes, columns);
  }

  private String columns(PreparedTraining prepared) {
    SnapshotColumns columns =
        new SnapshotColumns(prepared.preprocess(), prepared.data(), prepared.split().train(), stop);
    return columns.json(prepared.relation());
  }
}
