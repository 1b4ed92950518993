package org.pglynx.proxy.ml;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Model;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Finds the models that predictions name: in memory, or through the server. */
final class ModelSource {
  /** Where our own format lives in pgml.files; PostgresML's is {@link PostgresmlModels#PATH}. */
  static final String PATH = "model.pglynx";

  private static final String DEPLOYED =
      """
      SELECT m.id, extract(epoch FROM m.created_at), p.name
      FROM pgml.projects p
      JOIN LATERAL (SELECT d.model_id FROM pgml.deployments d WHERE d.project_id = p.id
                    ORDER BY d.id DESC LIMIT 1) d ON true
      JOIN pgml.models m ON m.id = d.model_id
      WHERE p.name = $1::text\
      """;
  private static final String BY_ID =
      """
      SELECT m.id, extract(epoch FROM m.created_at), p.name
      FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id
      WHERE m.id = $1::bigint AND m.status = 'successful'\
      """;
  private static final String PART =
      """
      SELECT encode(data, 'hex') FROM pgml.files
      WHERE model_id = $1::bigint AND path = $2::text AND part = $3::int\
      """;

  private final String cluster;
  private final Function<byte[], Model> decoder;
  private final PostgresmlModels others;
  private final ModelCache models;
  private final DeploymentCache deployments;
  private final Runnable lookedUp;

  /**
   * A source.
   *
   * @param cluster tells server databases apart
   * @param decoder makes a model of stored bytes
   * @param others reads what PostgresML itself has stored
   * @param lookedUp runs when it is remembered what a reference means
   */
  ModelSource(
      String cluster,
      Function<byte[], Model> decoder,
      PostgresmlModels others,
      ModelCache models,
      DeploymentCache deployments,
      Runnable lookedUp) {
    this.cluster = cluster;
    this.decoder = decoder;
    this.others = others;
    this.models = models;
    this.deployments = deployments;
    this.lookedUp = lookedUp;
  }

  /** The model if it is known and in memory; else null. For event loops: never blocks. */
  @Nullable LoadedModel cached(AnswerContext context, ModelRef reference) {
    if (context.inTransaction() || context.mayHaveRole()) {
      return null;
    }
    ModelKey key = deployments.current(key(context, reference));
    return key == null ? null : models.loaded(key);
  }

  /** The model, looked up and read through the conversation. Blocks. */
  LoadedModel find(AnswerContext context, SqlSession session, ModelRef reference)
      throws PgErrorException, InterruptedException {
    DeploymentCache.LookUp lookUp = deployments.begin();
    settle(context, session, reference);
    Found found = lookUp(context, session, reference);
    LoadedModel model =
        models.load(
            found.key(),
            () -> new LoadedModel(found.key(), found.project(), read(session, found.key().id())));
    if (!session.callersTransaction() && !context.mayHaveRole()) {
      deployments.found(key(context, reference), found.key(), lookUp);
      lookedUp.run();
    }
    return model;
  }

  /** Whether the transaction that may change the project's model has ended. */
  private void settle(AnswerContext context, SqlSession session, ModelRef reference)
      throws PgErrorException, InterruptedException {
    if (session.callersTransaction() || !(reference instanceof ModelRef.Project project)) {
      return;
    }
    String transaction = deployments.uncertain(cluster, context.database(), project.name());
    if (transaction != null && ended(session, transaction)) {
      deployments.certain(cluster, context.database(), project.name(), transaction);
    }
  }

  private static boolean ended(SqlSession session, String transaction)
      throws PgErrorException, InterruptedException {
    try {
      return !"in progress"
          .equals(session.one("SELECT txid_status($1::bigint)", transaction).value());
    } catch (PgErrorException e) {
      // A replica that has not got so far: "transaction ID ... is in the future".
      if (e.error().code().equals(SqlState.INVALID_PARAMETER.code())) {
        return false;
      }
      throw e;
    }
  }

  private record Found(ModelKey key, String project) {}

  private Found lookUp(AnswerContext context, SqlSession session, ModelRef reference)
      throws PgErrorException, InterruptedException {
    SqlResult result;
    try {
      result =
          switch (reference) {
            case ModelRef.Project project -> session.one(DEPLOYED, project.name());
            case ModelRef.Id model -> session.one(BY_ID, Long.toString(model.id()));
          };
    } catch (PgErrorException e) {
      String code = e.error().code();
      // No schema pgml yet: nothing was ever trained here.
      boolean noSchema =
          code.equals(SqlState.UNDEFINED_TABLE.code())
              || code.equals(SqlState.UNKNOWN_SCHEMA.code());
      throw noSchema ? missing(reference) : e;
    }
    if (result.rows().isEmpty()) {
      throw missing(reference);
    }
    @Nullable String[] row = result.rows().get(0);
    long id = Long.parseLong(Rows.text(row, 0));
    return new Found(
        new ModelKey(cluster, context.database(), id, Rows.text(row, 1)), Rows.text(row, 2));
  }

  private static PgErrorException missing(ModelRef reference) {
    return switch (reference) {
      case ModelRef.Project project ->
          PredictionErrors.noDeployedModel(project.name()).toException();
      case ModelRef.Id model -> PredictionErrors.noSuchModel(model.id()).toException();
    };
  }

  private Model read(SqlSession session, long id) throws PgErrorException, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int part = 0; ; part++) {
      String hex = session.one(PART, Long.toString(id), PATH, Integer.toString(part)).value();
      if (hex == null) {
        break;
      }
      bytes.writeBytes(HexFormat.of().parseHex(hex));
    }
    if (bytes.size() == 0) {
      Model other = others.read(session, id);
      if (other == null) {
        throw PredictionErrors.noStoredModel(id).toException();
      }
      return other;
    }
    return decoder.apply(bytes.toByteArray());
  }

  private DeploymentCache.Key key(AnswerContext context, ModelRef reference) {
    return new DeploymentCache.Key(cluster, context.database(), context.user(), reference);
  }

  /** Takes in a model that was just trained and stored. */
  void trained(ModelKey key, String project, Model model) {
    models.put(new LoadedModel(key, project, model));
  }

  /** The key of a stored model of the session's database. */
  ModelKey modelKey(AnswerContext context, long id, String createdAt) {
    return new ModelKey(cluster, context.database(), id, createdAt);
  }

  /**
   * A deployment was written through the conversation: at once where the transaction is committed,
   * else as soon as the caller's own transaction ends.
   */
  void deployed(AnswerContext context, String project, @Nullable String openTransaction) {
    if (openTransaction == null) {
      deployments.deployed(cluster, context.database(), project);
    } else {
      deployments.mayDeploy(cluster, context.database(), project, openTransaction);
    }
  }

  /** Forgets all about the session's database. */
  void forget(AnswerContext context) {
    deployments.forget(cluster, context.database());
    models.forget(
        key -> key.cluster().equals(cluster) && key.database().equals(context.database()));
  }
}
