package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgErrorException;

/** Rows of pgml.deployments: the newest one of a project names the model that answers. */
final class Deployments {
  private Deployments() {}

  /**
   * A deployed model.
   *
   * @param id models.id
   * @param keyMetric its value of the task's key metric, or null
   */
  record Deployed(long id, @Nullable Double keyMetric) {}

  /** What is deployed in the project, or null. */
  static @Nullable Deployed current(SqlSession session, long project, String keyMetric)
      throws PgErrorException, InterruptedException {
    SqlResult found =
        session.one(
            "SELECT m.id, m.metrics->>$2::text FROM pgml.deployments d"
                + " JOIN pgml.models m ON m.id = d.model_id"
                + " WHERE d.project_id = $1::bigint ORDER BY d.id DESC LIMIT 1",
            Long.toString(project),
            keyMetric);
    if (found.rows().isEmpty()) {
      return null;
    }
    @Nullable String[] row = found.rows().get(0);
    String metric = row[1];
    return new Deployed(Rows.int8(row, 0), metric == null ? null : Double.valueOf(metric));
  }

  /** Decisions about one project wait for each other until the transaction ends. */
  static void lock(SqlSession session, long project) throws PgErrorException, InterruptedException {
    session.query(
        "SELECT pg_advisory_xact_lock(1885826412, ($1::bigint % 2147483647)::int)",
        Long.toString(project));
  }

  /** Makes the model the project's answer. */
  static void insert(SqlSession session, long project, long model, String strategy)
      throws PgErrorException, InterruptedException {
    if (session.servers() > 1) {
      // A transaction that has notified somebody cannot be prepared.
      session.query("SET LOCAL pgml.quiet = on");
    }
    session.query(
        "SELECT pgml._deploy($1::bigint, $2::bigint, $3::text)",
        Long.toString(project),
        Long.toString(model),
        strategy);
  }

  /** The open transaction's id if the outcome is the caller's to decide, else null. */
  static @Nullable String openTransaction(SqlSession session)
      throws PgErrorException, InterruptedException {
    return session.callersTransaction() ? session.query("SELECT txid_current()").value() : null;
  }
}
