package org.pglynx.proxy.ml;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** pgml.deploy, by strategy or by model id. Only models that were trained successfully qualify. */
final class DeployService implements ServiceStatement.OneRow {
  private static final String BEST_SCORE =
      """
      SELECT id, algorithm FROM pgml.models
      WHERE project_id = $1::bigint AND status = 'successful'
        AND ($2::text IS NULL OR algorithm = $2::text)
      ORDER BY (metrics->>$3::text)::double precision DESC NULLS LAST, id DESC LIMIT 1\
      """;
  private static final String MOST_RECENT =
      """
      SELECT id, algorithm FROM pgml.models
      WHERE project_id = $1::bigint AND status = 'successful'
        AND ($2::text IS NULL OR algorithm = $2::text)
      ORDER BY created_at DESC, id DESC LIMIT 1\
      """;
  private static final String ROLLBACK =
      """
      SELECT m.id, m.algorithm FROM pgml.deployments d JOIN pgml.models m ON m.id = d.model_id
      WHERE d.project_id = $1::bigint AND m.status = 'successful'
        AND ($2::text IS NULL OR m.algorithm = $2::text)
        AND d.model_id <> (SELECT c.model_id FROM pgml.deployments c
                           WHERE c.project_id = $1::bigint ORDER BY c.id DESC LIMIT 1)
      ORDER BY d.id DESC LIMIT 1\
      """;

  private final ModelSource models;
  private final List<String> algorithms;

  /**
   * The service.
   *
   * @param algorithms the names of all
   */
  DeployService(ModelSource models, List<String> algorithms) {
    this.models = models;
    this.algorithms = algorithms;
  }

  private record Choice(Projects.Project project, long model, String strategy, String algorithm) {}

  @Override
  public List<@Nullable Object> run(CallValues values, AnswerContext context, CancelToken cancel)
      throws PgErrorException, InterruptedException {
    try (SqlSession session = context.servers().open()) {
      CallersEncoding.requireUtf8(session);
      if (PgmlSchema.old(session)) {
        PgmlSchema.ensure(session);
      }
      Choice choice = Transactions.run(session, () -> deploy(context, session, values));
      String project = choice.project().name();
      models.deployed(context, project, Deployments.openTransaction(session));
      return Arrays.asList(project, choice.strategy(), choice.algorithm());
    }
  }

  private Choice deploy(AnswerContext context, SqlSession session, CallValues values)
      throws PgErrorException, InterruptedException {
    Choice chosen = values.has("model_id") ? byId(session, values) : byStrategy(session, values);
    if (!Exports.done(session, chosen.model())) {
      LoadedModel loaded = models.find(context, session, new ModelRef.Id(chosen.model()));
      Exports.store(session, chosen.model(), loaded.model());
    }
    Deployments.insert(session, chosen.project().id(), chosen.model(), chosen.strategy());
    return chosen;
  }

  private static Choice byId(SqlSession session, CallValues values)
      throws PgErrorException, InterruptedException {
    long id = modelId(values);
    if (!PgmlSchema.exists(session)) {
      throw PredictionErrors.noSuchModel(id).toException();
    }
    SqlResult found =
        session.one(
            "SELECT p.id, p.name, p.task::text, m.algorithm, m.status FROM pgml.models m"
                + " JOIN pgml.projects p ON p.id = m.project_id WHERE m.id = $1::bigint",
            Long.toString(id));
    if (found.rows().isEmpty()) {
      throw PredictionErrors.noSuchModel(id).toException();
    }
    @Nullable String[] row = found.rows().get(0);
    if (!"successful".equals(row[4])) {
      throw PgError.error(
              SqlState.NOT_IN_PREREQUISITE_STATE,
              "model %d cannot be deployed: its status is %s".formatted(id, row[4]))
          .withHint(DeployErrors.models(Rows.text(row, 1)))
          .toException();
    }
    Projects.Project project =
        new Projects.Project(Rows.int8(row, 0), Rows.text(row, 1), Rows.text(row, 2));
    Deployments.lock(session, project.id());
    return new Choice(project, id, "specific", Rows.text(row, 3));
  }

  private static long modelId(CallValues values) throws PgErrorException {
    Long id;
    try {
      id = values.bigint("model_id");
    } catch (PgErrorException e) {
      throw DeployErrors.modelId(e.error()).toException();
    }
    if (id == null) {
      throw DeployErrors.notGiven("model_id").toException();
    }
    return id;
  }

  private Choice byStrategy(SqlSession session, CallValues values)
      throws PgErrorException, InterruptedException {
    String name = given(values, "project_name");
    String strategy = given(values, "strategy");
    String algorithm = values.text("algorithm");
    String query = query(strategy);
    if (algorithm != null && !algorithms.contains(algorithm)) {
      throw DeployErrors.algorithm(algorithm, algorithms).toException();
    }
    boolean schema = PgmlSchema.exists(session);
    Projects.Project project = schema ? Projects.find(session, name) : null;
    if (project == null) {
      throw DeployErrors.noSuchProject(schema ? session : null, name).toException();
    }
    Deployments.lock(session, project.id());
    SqlResult found =
        strategy.equals("best_score")
            ? session.one(
                query, Long.toString(project.id()), algorithm, project.engineTask().keyMetric())
            : session.one(query, Long.toString(project.id()), algorithm);
    if (found.rows().isEmpty()) {
      throw DeployErrors.noQualifiedModel(session, project, strategy).toException();
    }
    @Nullable String[] row = found.rows().get(0);
    return new Choice(project, Rows.int8(row, 0), strategy, Rows.text(row, 1));
  }

  private static String given(CallValues values, String argument) throws PgErrorException {
    String value = values.text(argument);
    if (value == null) {
      throw DeployErrors.notGiven(argument).toException();
    }
    return value;
  }

  private static String query(String strategy) throws PgErrorException {
    return switch (strategy) {
      case "best_score" -> BEST_SCORE;
      case "most_recent" -> MOST_RECENT;
      case "rollback" -> ROLLBACK;
      default -> throw DeployErrors.strategy(strategy).toException();
    };
  }
}
