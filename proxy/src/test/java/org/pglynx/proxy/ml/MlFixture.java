package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.EngineSettings;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.data.Budget;
import org.pglynx.ml.model.Model;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.Arguments;

/** An interceptor over a scripted server, with models at hand instead of stored ones. */
final class MlFixture {
  private final FakeServer server = new FakeServer();
  private final AtomicLong nanos = new AtomicLong();
  private final ModelCache cache;
  private final DeploymentCache deployments = new DeploymentCache(nanos::get);
  private final ModelSource source;
  private final MlInterceptor interceptor;
  private final Map<String, String[]> projects = new HashMap<>();
  private final Map<String, Model> models = new HashMap<>();
  private final TrainingJobs jobs = new TrainingJobs();

  /** Imports and exports that wait for a thread of their own. */
  final List<Runnable> files = new ArrayList<>();

  MlFixture() {
    this(1 << 20);
  }

  MlFixture(long cacheBytes) {
    MlEngine engine = new MlEngine(EngineSettings.defaults());
    cache = new ModelCache(cacheBytes);
    PostgresmlModels others = new PostgresmlModels(engine::importModel, 1 << 20);
    source = new ModelSource("cluster", this::decode, others, cache, deployments, () -> {});
    ServedAnswers answers =
        new ServedAnswers(
            source,
            new TrainService(engine, source, new Budget(1 << 20, 1 << 20), jobs, "cluster"),
            new CancelTraining(jobs, "cluster"),
            new Runners(Runnable::run, files::add, Runnable::run),
            new PredictionStats());
    interceptor =
        new MlInterceptor(
            new StatementPlanner(
                new LocalPlanner(answers), new RewritePlanner(answers), new GivenPlanner(answers)),
            project -> {});
    server.answer("'statement_timeout'", "0", "0");
    server.answer("FROM pgml.projects p", parameters -> deployed(parameters));
    server.answer("WHERE m.id = $1", parameters -> byId((String) parameters[0]));
    server.answer("FROM pgml.files", MlFixture::part);
  }

  /** No parameters: the views of the schema's script name the same tables. */
  private List<@Nullable String[]> deployed(@Nullable Object[] parameters) {
    return parameters.length == 0 ? List.of() : rows(projects.get((String) parameters[0]));
  }

  /** The stored model is its id in one byte. */
  private static List<@Nullable String[]> part(@Nullable Object[] parameters) {
    return "0".equals(parameters[2])
        ? rows(new String[] {"%02x".formatted(Integer.parseInt((String) parameters[0]))})
        : List.of();
  }

  private Model decode(byte[] bytes) {
    return Objects.requireNonNull(models.get(Integer.toString(bytes[0])));
  }

  private List<@Nullable String[]> byId(String id) {
    return rows(projects.values().stream().filter(p -> p[0].equals(id)).findFirst().orElse(null));
  }

  private static List<@Nullable String[]> rows(String @Nullable [] row) {
    return row == null ? List.of() : Collections.singletonList(row);
  }

  static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }

  /** The project's deployed model. */
  MlFixture deployed(String project, int id, Model model) {
    projects.put(project, new String[] {Integer.toString(id), "1700000000.5", project});
    models.put(Integer.toString(id), model);
    return this;
  }

  FakeServer server() {
    return server;
  }

  ModelCache cache() {
    return cache;
  }

  ModelSource source() {
    return source;
  }

  void passMillis(long millis) {
    nanos.addAndGet(millis * 1_000_000);
  }

  Decision decide(String sql, int[] types) {
    return interceptor.intercept(sql, types, types.length == 0);
  }

  FakeContext start(String sql, Arguments arguments) {
    return start(sql, arguments, new int[0]);
  }

  FakeContext start(String sql, Arguments arguments, int[] types) {
    FakeContext context = new FakeContext(server);
    ((Decision.Answer) decide(sql, types)).statement().start(arguments, context);
    return context;
  }

  void start(String sql, Arguments arguments, FakeContext context) {
    ((Decision.Answer) decide(sql, new int[0])).statement().start(arguments, context);
  }
}
