package org.pglynx.proxy.ml;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.model.Sampling;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgErrorException;

/** Rows of pgml.snapshots. */
final class Snapshots {
  private Snapshots() {}

  /**
   * What a model was, or is to be, trained on.
   *
   * @param id its id, or 0 if it is not stored yet
   * @param relation the relation's name
   * @param labels the label columns
   * @param testSize rows held out
   * @param sampling how they are chosen
   * @param seed of the split
   * @param materialized whether the rows were kept as {@code pgml.snapshot_<id>}
   * @param preprocess what is done to columns, as JSON text
   * @param rows the columns that say something of the rows
   */
  record Snapshot(
      long id,
      String relation,
      List<String> labels,
      float testSize,
      Sampling sampling,
      long seed,
      boolean materialized,
      String preprocess,
      RowColumns rows) {
    /** The table that keeps the rows. */
    String table() {
      return "\"pgml\".\"snapshot_" + id + "\"";
    }

    Snapshot stored(long newId) {
      return new Snapshot(
          newId, relation, labels, testSize, sampling, seed, materialized, preprocess, rows);
    }

    Snapshot of(String name) {
      return new Snapshot(
          id, name, labels, testSize, sampling, seed, materialized, preprocess, rows);
    }
  }

  /** The snapshot that the project's models were trained on last, or null. */
  static @Nullable Snapshot newest(SqlSession session, long project)
      throws PgErrorException, InterruptedException {
    SqlResult found =
        session.one(
            "SELECT s.id, s.relation_name, s.y_column_name::text, s.test_size::text,"
                + " s.test_sampling::text, coalesce(s.analysis->>'seed', '0'), s.materialized,"
                + " coalesce(s.analysis->>'preprocess', '{}'),"
                + " s.analysis->>'sample_weight_column', s.analysis->>'group_column'"
                + " FROM pgml.snapshots s JOIN pgml.models m ON m.snapshot_id = s.id"
                + " WHERE m.project_id = $1::bigint ORDER BY s.id DESC LIMIT 1",
            Long.toString(project));
    if (found.rows().isEmpty()) {
      return null;
    }
    @Nullable String[] row = found.rows().get(0);
    return new Snapshot(
        Rows.int8(row, 0),
        Rows.text(row, 1),
        labels(row[2]),
        Float.parseFloat(Rows.text(row, 3)),
        Sampling.bySqlName(Rows.text(row, 4)).orElse(Sampling.STRATIFIED),
        Rows.int8(row, 5),
        "t".equals(row[6]),
        Rows.text(row, 7),
        new RowColumns(row[8], row[9]));
  }

  private static List<String> labels(@Nullable String array) throws PgErrorException {
    return array == null ? List.of() : TextArray.parse(array);
  }

  /** Stores a snapshot; gives it with its id. */
  static Snapshot insert(SqlSession session, Snapshot snapshot)
      throws PgErrorException, InterruptedException {
    SqlResult inserted =
        session.numbered(
            "SELECT pgml._store_snapshot($1::text, $2::text[], $3::real, $4::text,"
                + " jsonb_build_object('seed', $5::bigint, 'preprocess', $7::jsonb) || $8::jsonb,"
                + " $6::boolean)",
            snapshot.relation(),
            snapshot.labels().isEmpty() ? null : TextArray.write(snapshot.labels()),
            Float.toString(snapshot.testSize()),
            snapshot.sampling().sqlName(),
            Long.toString(snapshot.seed()),
            Boolean.toString(snapshot.materialized()),
            snapshot.preprocess(),
            JsonObjects.write(snapshot.rows().with(Map.of())));
    return snapshot.stored(Rows.int8(inserted.rows().get(0), 0));
  }

  /** Notes what was found in the rows. */
  static void describe(SqlSession session, Snapshot snapshot, String columns, int samples)
      throws PgErrorException, InterruptedException {
    session.query(
        "SELECT pgml._describe_snapshot($1::bigint, $2::jsonb, $3::int)",
        Long.toString(snapshot.id()),
        columns,
        Integer.toString(samples));
  }
}
