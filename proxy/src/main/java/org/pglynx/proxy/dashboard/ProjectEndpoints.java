package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Parameter.Kind;

/** Projects with their models, snapshots and deployments. */
final class ProjectEndpoints {
  private static final String PROJECTS =
      """
      SELECT p.id, p.name, p.task::text AS task, p.created_at, p.owner::text AS owner,
             (SELECT count(*) FROM pgml.models m WHERE m.project_id = p.id) AS models,
             d.model_id AS deployed_model, m.algorithm AS deployed_algorithm,
             d.created_at AS deployed_at
      FROM pgml.projects p
      LEFT JOIN LATERAL (SELECT l.model_id, l.created_at FROM pgml.deployments l
                         WHERE l.project_id = p.id ORDER BY l.id DESC LIMIT 1) d ON true
      LEFT JOIN pgml.models m ON m.id = d.model_id
      ORDER BY p.name LIMIT 10000\
      """;

  private static final String MODELS =
      """
      SELECT rank, model_id AS id, algorithm, status, key_metric, score, deployed, created_at,
             count(*) OVER () AS total
      FROM pgml.models_compare($1) ORDER BY rank LIMIT $2::bigint OFFSET $3::bigint\
      """;

  private static final String MODEL =
      """
      SELECT m.id, m.algorithm, m.runtime::text AS runtime, m.status, m.hyperparams, m.metrics,
             m.search, m.search_params, m.search_args, m.num_features, m.created_at, m.updated_at,
             p.name AS project, p.task::text AS task, s.id AS snapshot, s.relation_name AS relation,
             s.y_column_name AS targets, s.test_size, s.test_sampling::text AS test_sampling,
             s.columns,
             m.id IS NOT DISTINCT FROM (SELECT d.model_id FROM pgml.deployments d
                                        WHERE d.project_id = p.id ORDER BY d.id DESC LIMIT 1)
               AS deployed
      FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id
      LEFT JOIN pgml.snapshots s ON s.id = m.snapshot_id
      WHERE m.id = $1::bigint\
      """;

  private static final String SNAPSHOTS =
      """
      SELECT s.id, s.relation_name AS relation, s.y_column_name AS targets, s.test_size,
             s.test_sampling::text AS test_sampling, s.status, s.materialized, s.created_at,
             (s.analysis->>'samples')::bigint AS rows,
             (SELECT count(*) FROM pgml.models m WHERE m.snapshot_id = s.id) AS models
      FROM pgml.snapshots s ORDER BY s.id DESC LIMIT 1000\
      """;

  private static final String SNAPSHOT =
      """
      SELECT s.id, s.relation_name AS relation, s.y_column_name AS targets, s.test_size,
             s.test_sampling::text AS test_sampling, s.status, s.materialized, s.created_at,
             s.columns, s.analysis,
             pg_total_relation_size(to_regclass('pgml.snapshot_' || s.id)) AS bytes,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'algorithm', m.algorithm,
                                          'project', p.name, 'status', m.status) ORDER BY m.id), '[]')
              FROM (SELECT * FROM pgml.models x WHERE x.snapshot_id = s.id ORDER BY x.id DESC LIMIT 100) m
              JOIN pgml.projects p ON p.id = m.project_id) AS models
      FROM pgml.snapshots s WHERE s.id = $1::bigint\
      """;

  private static final String DEPLOYMENTS =
      """
      SELECT d.id, d.model_id AS model, m.algorithm, d.strategy::text AS strategy, d.created_at,
             d.id = max(d.id) OVER () AS active
      FROM pgml.deployments d JOIN pgml.projects p ON p.id = d.project_id
      JOIN pgml.models m ON m.id = d.model_id
      WHERE p.name = $1 ORDER BY d.id DESC LIMIT 1000\
      """;

  private static final long PAGE = 100;
  private static final List<Parameter> PROJECT =
      List.of(Parameter.needed("project", Kind.TEXT, "its name"));

  List<Endpoint> all() {
    Access database = Access.DATABASE;
    return List.of(
        Endpoint.get(
            "/api/projects",
            "The projects, each with its deployed model.",
            database,
            List.of(),
            ProjectEndpoints::projects),
        Endpoint.get(
            "/api/models",
            "A project's models, the best first by the key metric of its task.",
            database,
            List.of(
                Parameter.needed("project", Kind.TEXT, "its name"),
                Parameter.optional("limit", Kind.WHOLE, "how many, at most 1000; 100 without it"),
                Parameter.optional("offset", Kind.WHOLE, "how many to leave out")),
            ProjectEndpoints::models),
        Endpoint.get(
            "/api/model",
            "A model with all of its metrics, and the columns that it has learnt from if the"
                + " snapshot may be seen.",
            database,
            List.of(Parameter.needed("id", Kind.WHOLE, "the model's")),
            call -> one(call.ask(MODEL, Long.toString(call.whole("id", 0))), "model")),
        Endpoint.get(
            "/api/importance",
            "How much each feature matters to a model.",
            database,
            List.of(
                Parameter.needed("id", Kind.WHOLE, "the model's"),
                Parameter.optional("measure", Kind.TEXT, "one of those that the model knows")),
            ProjectEndpoints::importance),
        Endpoint.get(
            "/api/evaluation",
            "What charts of a model's errors on its held-out rows show: confusion, curves,"
                + " residuals, components; null if it has none that may be seen.",
            database,
            List.of(Parameter.needed("id", Kind.WHOLE, "the model's")),
            ProjectEndpoints::evaluation),
        Endpoint.get(
            "/api/snapshots",
            "The snapshots of projects that are yours.",
            database,
            List.of(),
            call -> existing(call) ? Json.rows(call.ask(SNAPSHOTS)) : Json.array()),
        Endpoint.get(
            "/api/snapshot",
            "A snapshot with what is known of its columns.",
            database,
            List.of(Parameter.needed("id", Kind.WHOLE, "the snapshot's")),
            call -> one(call.ask(SNAPSHOT, Long.toString(call.whole("id", 0))), "snapshot")),
        Endpoint.get(
            "/api/deployments",
            "Which models have answered for a project, the newest first.",
            database,
            PROJECT,
            call -> Json.rows(call.ask(DEPLOYMENTS, call.text("project")))),
        Endpoint.post(
            "/api/deploy",
            "Makes a model the one that answers for its project.",
            database,
            List.of(Parameter.needed("id", Kind.WHOLE, "the model's")),
            call ->
                first(
                    call.ask(
                        "SELECT * FROM pgml.deploy($1::bigint)",
                        Long.toString(call.whole("id", 0))))),
        Endpoint.post(
            "/api/rollback",
            "Makes the model answer that did so before the present one.",
            database,
            PROJECT,
            call ->
                first(
                    call.ask("SELECT * FROM pgml.deploy($1, 'rollback')", call.text("project")))));
  }

  /** Whether anybody has trained in the database yet: else there is no schema. */
  private static boolean existing(Call call) throws FaultException, IOException {
    return "t".equals(call.ask("SELECT to_regclass('pgml.models_id_seq') IS NOT NULL").value());
  }

  private static JsonNode projects(Call call) throws FaultException, IOException {
    return existing(call) ? Json.rows(call.ask(PROJECTS)) : Json.array();
  }

  private static JsonNode models(Call call) throws FaultException, IOException {
    long limit = Math.clamp(call.whole("limit", PAGE), 1, 1000);
    long offset = Math.max(0, call.whole("offset", 0));
    ArrayNode rows =
        Json.rows(
            call.ask(MODELS, call.text("project"), Long.toString(limit), Long.toString(offset)));
    ObjectNode node = Json.object();
    node.set("total", rows.isEmpty() ? Json.value(20, "0") : rows.get(0).get("total"));
    rows.forEach(row -> ((ObjectNode) row).remove("total"));
    node.set("models", rows);
    return node;
  }

  private static JsonNode importance(Call call) throws FaultException, IOException {
    String id = Long.toString(call.whole("id", 0));
    @Nullable String measure = call.textOrNull("measure");
    Table table =
        measure == null
            ? call.ask("SELECT * FROM pgml.feature_importance($1::bigint)", id)
            : call.ask("SELECT * FROM pgml.feature_importance($1::bigint, $2)", id, measure);
    return Json.rows(table);
  }

  /** A schema that an older version has made lacks the table until somebody trains again. */
  private static JsonNode evaluation(Call call) throws FaultException, IOException {
    return call.database(client -> {
      ObjectNode node = Json.object().putNull("evaluation");
      if ("t".equals(client.ask("SELECT to_regclass('pgml.evaluations') IS NOT NULL").value())) {
        Table found =
            client.ask(
                "SELECT evaluation FROM pgml.evaluations WHERE model_id = $1::bigint",
                Long.toString(call.whole("id", 0)));
        node.set("evaluation", Json.value(Json.JSONB, found.value()));
      }
      return node;
    });
  }

  private static JsonNode first(Table table) {
    return Json.rows(table).get(0);
  }

  private static JsonNode one(Table table, String what) throws FaultException {
    ArrayNode rows = Json.rows(table);
    if (rows.isEmpty()) {
      throw Fault.of("02000", "there is no such " + what).toException();
    }
    return rows.get(0);
  }
}
