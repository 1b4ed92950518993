package org.pglynx.proxy.ml;

import java.util.HexFormat;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.ModelImport;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Models that PostgresML itself trained. Those of XGBoost and LightGBM that its runtime rust stored
 * are read; classes are 0, 1, …, which is what PostgresML predicts, and have the texts of the
 * snapshot's label.
 */
final class PostgresmlModels {
  /** Where PostgresML stores a model's bytes. */
  static final String PATH = "estimator.rmp";

  private static final Set<String> READ = Set.of("xgboost", "xgboost_random_forest", "lightgbm");

  private static final int SLICE_BYTES = 8 * 1024 * 1024;

  private static final String STORED =
      """
      SELECT part, octet_length(data) FROM pgml.files
      WHERE model_id = $1::bigint AND path = $2::text ORDER BY part\
      """;
  private static final String SLICE =
      """
      SELECT encode(substring(data FROM $4::int FOR $5::int), 'hex') FROM pgml.files
      WHERE model_id = $1::bigint AND path = $2::text AND part = $3::int\
      """;
  private static final String ABOUT =
      """
      SELECT m.algorithm, m.runtime::text, p.task::text, m.num_features, m.snapshot_id IS NOT NULL
      FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id WHERE m.id = $1::bigint\
      """;

  private final Function<ModelImport, Model> importer;
  private final long maxBytes;

  /**
   * A reader.
   *
   * @param importer makes a model of another library's file
   * @param maxBytes larger files are refused unread
   */
  PostgresmlModels(Function<ModelImport, Model> importer, long maxBytes) {
    this.importer = importer;
    this.maxBytes = maxBytes;
  }

  /** What the model's row says. */
  private record About(
      long id,
      String algorithm,
      @Nullable String runtime,
      String task,
      int features,
      boolean snapshot) {}

  /** The model, or null if nothing is stored of it. */
  @Nullable Model read(SqlSession session, long id) throws PgErrorException, InterruptedException {
    SqlResult parts = session.one(STORED, Long.toString(id), PATH);
    if (parts.rows().isEmpty()) {
      return null;
    }
    About about = about(session, id);
    requireRead(about);
    PostgresmlColumns columns =
        about.snapshot()
            ? PostgresmlColumns.read(session, id, about.features())
            : PostgresmlColumns.NONE;
    Projects.Project project = new Projects.Project(0, "", about.task());
    try {
      Model model =
          importer.apply(
              new ModelImport(
                  bytes(session, id, parts),
                  project.engineTask(),
                  columns.names(),
                  columns.classes(project.engineTask()),
                  columns.readings()));
      if (model.featureCount() != about.features()) {
        throw damaged(
                id,
                "the file has %d features, pgml.models.num_features is %d"
                    .formatted(model.featureCount(), about.features()))
            .toException();
      }
      return model;
    } catch (MlException e) {
      throw damaged(id, String.valueOf(e.getMessage())).toException();
    }
  }

  private static About about(SqlSession session, long id)
      throws PgErrorException, InterruptedException {
    SqlResult found = session.one(ABOUT, Long.toString(id));
    if (found.rows().isEmpty()) {
      throw PredictionErrors.noSuchModel(id).toException();
    }
    @Nullable String[] row = found.rows().get(0);
    return new About(
        id,
        Rows.text(row, 0),
        row[1],
        Rows.text(row, 2),
        Integer.parseInt(Rows.text(row, 3)),
        "t".equals(row[4]));
  }

  private static void requireRead(About about) throws PgErrorException {
    String form =
        "python".equals(about.runtime())
            ? "a pickle of Python"
            : READ.contains(about.algorithm()) ? "" : "MessagePack";
    if (!form.isEmpty()) {
      throw MlErrors.notServed(
              "model %d is not read: PostgresML's runtime %s stored algorithm %s as %s"
                  .formatted(about.id(), about.runtime(), about.algorithm(), form))
          .withHint(
              "Train it again with pgml.train. Of PostgresML's models those of xgboost,"
                  + " xgboost_random_forest and lightgbm are read that its runtime rust trained.")
          .toException();
    }
  }

  private byte[] bytes(SqlSession session, long id, SqlResult parts)
      throws PgErrorException, InterruptedException {
    long total = 0;
    for (@Nullable String[] part : parts.rows()) {
      total += Rows.int8(part, 1);
    }
    if (total > maxBytes) {
      throw damaged(id, "it has %d bytes, the limit is %d".formatted(total, maxBytes))
          .toException();
    }
    byte[] bytes = new byte[(int) total];
    int at = 0;
    for (@Nullable String[] part : parts.rows()) {
      int length = (int) Rows.int8(part, 1);
      for (int from = 0; from < length; from += SLICE_BYTES) {
        byte[] slice = slice(session, id, Rows.text(part, 0), from);
        if (slice.length != Math.min(SLICE_BYTES, length - from)) {
          throw damaged(id, "it was replaced while it was read").toException();
        }
        System.arraycopy(slice, 0, bytes, at, slice.length);
        at += slice.length;
      }
    }
    return bytes;
  }

  private static byte[] slice(SqlSession session, long id, String part, int from)
      throws PgErrorException, InterruptedException {
    SqlResult result =
        session.one(
            SLICE,
            Long.toString(id),
            PATH,
            part,
            Integer.toString(from + 1),
            Integer.toString(SLICE_BYTES));
    String hex = result.rows().isEmpty() ? null : result.value();
    return hex == null ? new byte[0] : HexFormat.of().parseHex(hex);
  }

  private static PgError damaged(long id, String reason) {
    return PgError.error(
            SqlState.DATA_CORRUPTED,
            "model %d, file %s of PostgresML: %s".formatted(id, PATH, reason))
        .withHint("Train it again, or deploy another model with pgml.deploy.");
  }
}
