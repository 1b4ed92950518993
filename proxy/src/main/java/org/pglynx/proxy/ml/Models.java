package org.pglynx.proxy.ml;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.api.TrainedModel;
import org.pglynx.ml.model.Model;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Rows of pgml.models and pgml.files; written through functions of the schema that check the
 * rights.
 */
final class Models {
  private static final int PART_BYTES = 8 * 1024 * 1024;

  private Models() {}

  /** A model's row: its id, and when it was created in seconds since 1970. */
  record Stored(long id, String createdAt) {}

  /** Stores that a training has begun. */
  static Stored begin(
      SqlSession session,
      TrainCall call,
      RowColumns rows,
      long project,
      long snapshot,
      int features)
      throws PgErrorException, InterruptedException {
    SqlResult inserted =
        session.numbered(
            "SELECT id, created FROM pgml._begin_model($1::bigint, $2::bigint, $3::int, $4::text,"
                + " $5::jsonb, $6::text, $7::jsonb, $8::jsonb)",
            Long.toString(project),
            Long.toString(snapshot),
            Integer.toString(features),
            call.algorithm(),
            JsonObjects.write(rows.with(call.hyperparams())),
            call.search().map(search -> search.kind().sqlName()).orElse(null),
            call.searchParams(),
            call.searchArgs());
    @Nullable String[] row = inserted.rows().get(0);
    return new Stored(Rows.int8(row, 0), Rows.text(row, 1));
  }

  /** Stores a model that another library trained: it has no snapshot and no metrics. */
  static Stored imported(SqlSession session, long project, Model model, String format, byte[] bytes)
      throws PgErrorException, InterruptedException {
    String from = JsonObjects.write(Map.of("imported", format));
    SqlResult inserted =
        session.numbered(
            "SELECT id, created FROM pgml._begin_model($1::bigint, NULL, $2::int, $3::text,"
                + " $4::jsonb, NULL, '{}', '{}')",
            Long.toString(project),
            Integer.toString(model.featureCount()),
            model.algorithm(),
            from);
    @Nullable String[] row = inserted.rows().get(0);
    Stored stored = new Stored(Rows.int8(row, 0), Rows.text(row, 1));
    storeFile(session, stored.id(), bytes);
    finish(session, stored.id(), "{}", from, model.algorithm());
    return stored;
  }

  /** Whether it is there, and no other one of its number: schemas are dropped and made anew. */
  static boolean still(SqlSession session, Stored model)
      throws PgErrorException, InterruptedException {
    return !session
        .one(
            "SELECT id FROM pgml.models WHERE id = $1::bigint"
                + " AND extract(epoch FROM created_at)::text = $2::text",
            Long.toString(model.id()),
            model.createdAt())
        .rows()
        .isEmpty();
  }

  /** Stores the outcome of a training that went well. */
  static void succeed(
      SqlSession session, long model, TrainedModel trained, RowColumns rows, byte[] bytes)
      throws PgErrorException, InterruptedException {
    storeFile(session, model, bytes);
    if (!trained.evaluation().isEmpty()) {
      session.query(
          "SELECT pgml._store_evaluation($1::bigint, $2::jsonb)",
          Long.toString(model),
          JsonObjects.write(trained.evaluation()));
    }
    finish(
        session,
        model,
        JsonObjects.write(trained.metrics()),
        JsonObjects.write(rows.with(trained.hyperparams())),
        trained.model().algorithm());
  }

  private static void storeFile(SqlSession session, long model, byte[] bytes)
      throws PgErrorException, InterruptedException {
    for (int part = 0; part * (long) PART_BYTES < bytes.length; part++) {
      int from = part * PART_BYTES;
      session.query(
          "SELECT pgml._store_file($1::bigint, $2::text, $3::int, $4::bytea)",
          Long.toString(model),
          ModelSource.PATH,
          Integer.toString(part),
          Arrays.copyOfRange(bytes, from, Math.min(from + PART_BYTES, bytes.length)));
    }
  }

  private static void finish(
      SqlSession session, long model, String metrics, String hyperparams, String algorithm)
      throws PgErrorException, InterruptedException {
    session.query(
        "SELECT pgml._finish_model($1::bigint, $2::jsonb, $3::jsonb, $4::text)",
        Long.toString(model),
        metrics,
        hyperparams,
        algorithm);
  }

  /**
   * Trainings that nobody runs any more have failed. Where there are several servers only the first
   * knows of those that run, so nothing is done.
   */
  static void failLost(SqlSession session) throws PgErrorException, InterruptedException {
    if (session.servers() == 1 && !session.callersTransaction()) {
      session.query("SELECT pgml._fail_lost_models()");
    }
  }

  /** Stores why a training failed: the status, the reason with the metrics, and a log entry. */
  static void fail(SqlSession session, long model, PgError error)
      throws PgErrorException, InterruptedException {
    session.query(
        "SELECT pgml._fail_model($1::bigint, $2::text, $3::text)",
        Long.toString(model),
        error.message(),
        error.code());
  }
}
