package org.pglynx.proxy.ml;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.AlgorithmInfo;
import org.pglynx.ml.api.AutoRequest;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.data.Budget;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.wire.PgErrorException;

/** pgml.train: checks all that needs no data, then runs a {@link Training}. */
final class TrainService implements ServiceStatement.Service {
  private final MlEngine engine;
  private final ModelSource models;
  private final Budget budget;
  private final TrainingJobs jobs;
  private final String cluster;

  /**
   * The service.
   *
   * @param budget memory that one training may use
   * @param jobs where trainings are listed while they wait and run
   * @param cluster the server database
   */
  TrainService(
      MlEngine engine, ModelSource models, Budget budget, TrainingJobs jobs, String cluster) {
    this.engine = engine;
    this.models = models;
    this.budget = budget;
    this.jobs = jobs;
    this.cluster = cluster;
  }

  /** Lists the training from now on. */
  @Override
  public ServiceStatement.Execution admitted(CallValues values, AnswerContext context)
      throws PgErrorException {
    TrainingJob job =
        jobs.add(
            new TrainingJob.Place(cluster, context.database(), context.user()),
            values.text("project_name", ""),
            values.text("algorithm", "linear"));
    return new Listed(values, context, job);
  }

  private final class Listed implements ServiceStatement.Execution {
    private final CallValues values;
    private final AnswerContext context;
    private final TrainingJob job;

    /** Written by the thread that trains, read by whoever ends the statement. */
    private volatile boolean success;

    Listed(CallValues values, AnswerContext context, TrainingJob job) {
      this.values = values;
      this.context = context;
      this.job = job;
    }

    @Override
    public List<List<@Nullable Object>> rows(Stop stop)
        throws PgErrorException, InterruptedException {
      job.enter(TrainingJob.State.READING);
      List<@Nullable Object> row = train(values, context, stop, job);
      success = true;
      return List.of(row);
    }

    @Override
    public void startedAs(Stoppable work) {
      job.startedAs(work);
    }

    @Override
    public void ended() {
      jobs.remove(job, success);
    }
  }

  private List<@Nullable Object> train(
      CallValues values, AnswerContext context, Stop stop, TrainingJob job)
      throws PgErrorException, InterruptedException {
    TrainCall call = TrainCall.of(values);
    if (call.relation() == null) {
      warn(values, new TrainNotices(context, job));
    }
    checkAlgorithm(call.algorithm());
    Task task = call.task();
    if (task != null) {
      check(task, call);
    }
    return new Training(this, call, context, stop, job).run();
  }

  /** What says how a snapshot is taken is of no use where none is taken. */
  private static void warn(CallValues values, TrainNotices notices) throws PgErrorException {
    for (String argument : List.of("test_size", "test_sampling", "materialize_snapshot")) {
      if (values.text(argument) != null) {
        notices.warning(
            argument
                + " is not used: the rows are those of the project's newest snapshot, split as they"
                + " were. Pass relation_name to take a new one.");
      }
    }
  }

  MlEngine engine() {
    return engine;
  }

  /** The names of all algorithms, served or not. */
  List<String> algorithms() {
    return engine.algorithms().stream().map(AlgorithmInfo::name).toList();
  }

  ModelSource models() {
    return models;
  }

  Budget budget() {
    return budget;
  }

  private void checkAlgorithm(String name) throws PgErrorException {
    if (name.equals(AutoRequest.NAME)) {
      return;
    }
    List<AlgorithmInfo> all = engine.algorithms();
    String served =
        all.stream()
            .filter(AlgorithmInfo::served)
            .map(AlgorithmInfo::name)
            .collect(Collectors.joining(", "));
    AlgorithmInfo info =
        all.stream().filter(algorithm -> algorithm.name().equals(name)).findFirst().orElse(null);
    if (info == null) {
      throw EnumErrors.invalid("algorithm", name, AutoRequest.NAME + ", " + served).toException();
    }
    if (!info.served()) {
      throw MlErrors.notServed("algorithm \"%s\" is not served".formatted(name))
          .withHint(info.instead())
          .toException();
    }
  }

  /** Checks hyperparameters, and each candidate of a search, before data is read. */
  void check(Task task, TrainCall call) {
    if (call.auto().isPresent()) {
      engine.contenders(task, call.auto().get());
      return;
    }
    engine.check(task, call.algorithm(), call.hyperparams());
    call.search()
        .ifPresent(search -> engine.check(task, call.algorithm(), call.hyperparams(), search));
    if (call.rows().weight() != null) {
      engine.checkWeighted(task, call.algorithm());
    }
  }

  /** How many algorithms the call trains to choose from. */
  int contenders(Task task, TrainCall call) {
    return call.auto().map(auto -> engine.contenders(task, auto).size()).orElse(1);
  }
}
