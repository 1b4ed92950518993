package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Reading;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * What PostgresML's snapshot says of the columns that a model learnt from. Texts are numbered there
 * as here (0 is NULL, the others follow as they appeared), in records and in arrays alike, and what
 * stands in for a missing value stands in for it everywhere. Scaled columns are refused: PostgresML
 * scales those of records but not those of arrays, so that one number has two meanings. So are
 * encodings: its models learn other numbers than it predicts from (target), or do not fit the
 * features that they were given (one_hot).
 *
 * @param names of the features; none if there is no snapshot that tells them
 * @param readings how each feature is read
 * @param labels the texts of the classes 0, 1, …, or null where labels are numbers
 */
record PostgresmlColumns(
    List<String> names, List<Reading> readings, @Nullable List<String> labels) {
  /** What is known without a snapshot. */
  static final PostgresmlColumns NONE = new PostgresmlColumns(List.of(), List.of(), null);

  /** How PostgresML names the category of NULL. */
  private static final String NULL = "__NULL__";

  private static final String BY_FUNCTION = "SELECT * FROM pgml._snapshot_columns($1::bigint)";

  private static final String FUNCTION =
      "SELECT to_regprocedure('pgml._snapshot_columns(bigint)') IS NOT NULL";

  // The body of that function: schemas that PostgresML made have it not, but no row security
  // either.
  private static final String COLUMNS =
      """
      SELECT c->>'name', coalesce((c->>'size')::int, 1), coalesce((c->>'array')::boolean, false),
        coalesce((c->>'label')::boolean, false),
        CASE WHEN (c->>'label')::boolean THEN NULL
             WHEN c->'preprocessor'->>'encode' <> 'native' THEN 'encoded'
             WHEN c->'preprocessor'->>'scale' <> 'preserve' THEN 'scaled' END,
        CASE c->'preprocessor'->>'impute' WHEN 'error' THEN NULL WHEN 'zero' THEN '0'
             ELSE c->'statistics'->>(c->'preprocessor'->>'impute') END,
        c->'preprocessor'->>'impute' <> 'error',
        CASE WHEN jsonb_typeof(c->'statistics'->'categories') = 'object' THEN (
          SELECT array_agg(category ORDER BY number)
          FROM (SELECT key AS category, (value->>'value')::int AS number,
                  row_number() OVER (ORDER BY (value->>'value')::int) - 1 AS place
                FROM jsonb_each(c->'statistics'->'categories')) known
          HAVING bool_and(number = place)) END,
        jsonb_typeof(c->'statistics'->'categories') = 'object'
      FROM pgml.models m JOIN pgml.snapshots s ON s.id = m.snapshot_id,
        jsonb_array_elements(s.columns) WITH ORDINALITY AS e(c, n)
      WHERE m.id = $1::bigint
      ORDER BY coalesce((c->>'position')::bigint, n), n\
      """;

  /** Those of the model, which has so many features. */
  static PostgresmlColumns read(SqlSession session, long model, int features)
      throws PgErrorException, InterruptedException {
    boolean function = "t".equals(session.one(FUNCTION).value());
    SqlResult found = session.one(function ? BY_FUNCTION : COLUMNS, Long.toString(model));
    List<String> names = new ArrayList<>();
    List<Reading> readings = new ArrayList<>();
    List<String> labels = null;
    for (@Nullable String[] row : found.rows()) {
      String name = Rows.text(row, 0);
      List<String> categories = categories(model, name, row);
      if ("t".equals(row[3])) {
        labels = categories;
        continue;
      }
      int size = Integer.parseInt(Rows.text(row, 1));
      if (size < 1 || names.size() + (long) size > features) {
        throw otherColumns(model, features).toException();
      }
      boolean array = "t".equals(row[2]);
      Reading reading = new Reading(withoutNull(categories), fill(model, name, row));
      for (int element = 1; element <= size; element++) {
        names.add(array ? name + "[" + element + "]" : name);
        readings.add(reading);
      }
    }
    if (names.size() != features) {
      throw otherColumns(model, features).toException();
    }
    return new PostgresmlColumns(names, readings, labels);
  }

  /** The classes of a model of that task. */
  ClassLabels classes(Task task) {
    return task == Task.CLASSIFICATION && labels != null
        ? new ClassLabels(ClassLabels.Kind.TEXT, labels)
        : ClassLabels.NONE;
  }

  private static @Nullable List<String> categories(long model, String name, @Nullable String[] row)
      throws PgErrorException {
    if (row[4] != null) {
      throw treated(model, name, row[4]).toException();
    }
    if (!"t".equals(row[8])) {
      return null;
    }
    List<String> categories = row[7] == null ? List.of() : TextArray.parse(row[7]);
    if (categories.isEmpty() || !categories.getFirst().equals(NULL)) {
      throw treated(model, name, "of categories with other numbers than 0 for NULL, 1, 2, …")
          .toException();
    }
    return categories;
  }

  private static @Nullable List<String> withoutNull(@Nullable List<String> categories) {
    return categories == null ? null : categories.subList(1, categories.size());
  }

  private static float fill(long model, String name, @Nullable String[] row)
      throws PgErrorException {
    if (!"t".equals(row[6])) {
      return Float.NaN;
    }
    float fill = row[5] == null ? Float.NaN : Float.parseFloat(row[5]);
    if (Float.isNaN(fill)) {
      throw treated(model, name, "imputed by a value that it does not tell").toException();
    }
    return fill;
  }

  private static PgError treated(long model, String column, String how) {
    return MlErrors.notServed(
            "model %d is not read: PostgresML's snapshot says that column \"%s\" is %s"
                .formatted(model, column, how))
        .withHint(
            "Train it again with pgml.train: preprocessing is kept with models that are trained"
                + " here.");
  }

  private static PgError otherColumns(long model, int features) {
    return PgError.error(
            SqlState.NOT_IN_PREREQUISITE_STATE,
            "model %d is not read: pgml.snapshots.columns does not tell the names of its %d features"
                .formatted(model, features))
        .withHint(
            "If you may not see its snapshot, let the owner of schema pgml run CREATE EXTENSION IF"
                + " NOT EXISTS pgml once.");
  }
}
