package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Preprocess;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * What to train on: any relation that can be selected from.
 *
 * @param name schema-qualified, quoted where needed
 * @param columns its columns in order
 */
record TrainingRelation(String name, List<TrainingColumn> columns) {
  private static final String NAME =
      """
      SELECT format('%I.%I', n.nspname, c.relname), c.relkind
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = $1::pg_catalog.regclass\
      """;
  private static final String ATTRIBUTES =
      """
      WITH RECURSIVE own AS (
        SELECT a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
      ), within AS (
        SELECT attnum, atttypid AS type, false AS element FROM own
        UNION ALL
        SELECT w.attnum, CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END,
               w.element OR t.typtype <> 'd'
        FROM within w JOIN pg_catalog.pg_type t ON t.oid = w.type
        WHERE t.typtype = 'd' OR t.typelem <> 0 AND t.typlen = -1
      )
      SELECT c.attname, pg_catalog.format_type(c.atttypid, c.atttypmod), NOT c.attnotnull,
             CASE WHEN NOT w.element THEN
               (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)::text
                FROM pg_catalog.pg_enum e WHERE e.enumtypid = w.type) END,
             CASE WHEN w.element THEN t.typarray END
      FROM own c JOIN within w ON w.attnum = c.attnum
      JOIN pg_catalog.pg_type t ON t.oid = w.type
      WHERE t.typtype <> 'd' AND (t.typelem = 0 OR t.typlen <> -1)\
      """;

  private static final String NOT_THERE =
      "Name it as SQL writes it, with its schema unless that is in search_path. A temporary table is"
          + " seen by the session that has made it; where on_session_state is ignore, inside of its"
          + " transaction.";

  private static final String UNDEFINED_TABLE = "42P01";
  private static final String INVALID_NAME = "42602";

  /** Those that hold rows, as pg_class has them; others may be read as well, but are none. */
  private static final String KINDS_OF_ROWS = "rpvmf";

  /**
   * What the catalogue says of a column.
   *
   * @param values those of an enum
   * @param arrayType the array type of what a column of arrays has in it, below all domains, or 0
   */
  private record Attribute(
      String typeName, boolean nullable, @Nullable List<String> values, int arrayType) {
    static final Attribute UNKNOWN = new Attribute("unknown", true, null, 0);
  }

  /**
   * Finds the relation as the caller would: by its search_path and with its rights, so that the
   * server words what is wrong with it.
   *
   * @param relation a name as SQL writes it
   * @param rows columns that say something of the rows
   * @param labels columns to predict; left out where the task has no labels
   */
  static TrainingRelation find(
      SqlSession session, String relation, List<String> labels, RowColumns rows, Task task)
      throws PgErrorException, InterruptedException {
    String name = name(session, relation);
    if (name == null) {
      throw PgError.error(
              SqlState.UNDEFINED_TABLE, "relation \"%s\" does not exist".formatted(relation))
          .toException();
    }
    // Its description gives base types of domains, and checks that the caller may read all of it.
    SqlResult shape = session.one("SELECT * FROM " + name + " LIMIT 0");
    for (String label : named(labels, rows)) {
      if (!shape.columns().contains(label)) {
        throw TrainingColumn.noSuchLabel(label, relation, String.join(", ", shape.columns()))
            .toException();
      }
    }
    Map<String, Attribute> attributes = attributes(session, name);
    List<TrainingColumn> columns = new ArrayList<>();
    for (int i = 0; i < shape.columns().size(); i++) {
      String column = shape.columns().get(i);
      Attribute attribute = attributes.getOrDefault(column, Attribute.UNKNOWN);
      boolean label = labels.contains(column);
      if (!label || task.supervised()) {
        columns.add(
            TrainingColumn.of(
                column,
                attribute.arrayType() == 0 ? shape.types().get(i) : attribute.arrayType(),
                attribute.values(),
                attribute.typeName(),
                attribute.nullable(),
                label ? ColumnSpec.Role.LABEL : rows.role(column)));
      }
    }
    TrainingRelation found = new TrainingRelation(name, columns);
    found.checkLabels(task);
    return found;
  }

  private static @Nullable String name(SqlSession session, String relation)
      throws PgErrorException, InterruptedException {
    try {
      SqlResult result = session.one(NAME, relation);
      if (result.rows().isEmpty()) {
        return null;
      }
      @Nullable String[] found = result.rows().get(0);
      if (!KINDS_OF_ROWS.contains(Rows.text(found, 1))) {
        throw noRows(relation, Rows.text(found, 1)).toException();
      }
      return found[0];
    } catch (PgErrorException e) {
      throw explained(e.error(), relation).toException();
    }
  }

  private static PgError noRows(String relation, String kind) {
    String what =
        switch (kind) {
          case "S" -> "a sequence";
          case "i", "I" -> "an index";
          case "c" -> "a composite type";
          default -> "of kind \"" + kind + "\"";
        };
    return PgError.error(
            SqlState.WRONG_OBJECT_TYPE, "relation \"%s\" is %s".formatted(relation, what))
        .withDetail(
            "Models learn from tables, partitioned and foreign ones too, from views and from"
                + " materialized views.")
        .withHint("Name one of these, or make a view of a query.");
  }

  private static PgError explained(PgError error, String relation) {
    if (error.hint() != null) {
      return error;
    }
    return switch (error.code()) {
      case UNDEFINED_TABLE -> error.withHint(NOT_THERE);
      case INVALID_NAME ->
          error
              .withDetail("The relation to learn from is \"" + relation + "\".")
              .withHint(
                  "It must be the name of a table or view as SQL writes it; make a view of a query.");
      default -> error;
    };
  }

  /** Refuses what is to be done to columns that are not learnt from, before anything is stored. */
  void require(Preprocess preprocess) throws PgErrorException {
    List<String> features =
        columns.stream().filter(TrainingColumn::feature).map(each -> each.spec().name()).toList();
    for (String column : new TreeSet<>(preprocess.plans().keySet())) {
      if (!features.contains(column)) {
        throw MlErrors.invalid(
                "preprocess: column \"%s\" is none of the columns to learn from".formatted(column))
            .withHint(
                "These are %s; labels are never transformed."
                    .formatted(String.join(", ", features)))
            .toException();
      }
    }
  }

  private static List<String> named(List<String> labels, RowColumns rows) throws PgErrorException {
    List<String> named = new ArrayList<>(labels);
    for (String column : Arrays.asList(rows.weight(), rows.group())) {
      if (named.contains(column)) {
        throw MlErrors.invalid("column \"%s\" cannot be two things".formatted(column))
            .withHint("Labels, weights and groups are columns of their own.")
            .toException();
      }
      if (column != null) {
        named.add(column);
      }
    }
    return named;
  }

  private static Map<String, Attribute> attributes(SqlSession session, String name)
      throws PgErrorException, InterruptedException {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    for (@Nullable String[] row : session.one(ATTRIBUTES, name).rows()) {
      attributes.put(
          Rows.text(row, 0),
          new Attribute(
              Rows.text(row, 1),
              "t".equals(row[2]),
              row[3] == null ? null : TextArray.parse(row[3]),
              row[4] == null ? 0 : Integer.parseUnsignedInt(row[4])));
    }
    return attributes;
  }

  private void checkLabels(Task task) throws PgErrorException {
    for (TrainingColumn column : columns) {
      if (task == Task.REGRESSION
          && column.label()
          && column.spec().type() == ColumnSpec.Type.TEXT) {
        throw PgError.error(
                SqlState.DATATYPE_MISMATCH,
                "label column \"%s\" is of type %s, but regression learns numbers"
                    .formatted(column.spec().name(), column.typeName()))
            .withHint("Use task => 'classification', or a numeric column.")
            .toException();
      }
    }
  }

  /** The same with labels that are classes. */
  TrainingRelation ofClasses() {
    return new TrainingRelation(name, columns.stream().map(TrainingColumn::ofClasses).toList());
  }

  /** The values of enum columns that are learnt from, in the order of their declaration. */
  Map<String, List<String>> orders() {
    Map<String, List<String>> orders = new LinkedHashMap<>();
    for (TrainingColumn column : columns) {
      List<String> values = column.values();
      if (values != null && column.feature()) {
        orders.put(column.spec().name(), values);
      }
    }
    return orders;
  }

  /** The statement that reads all of it, or the same columns of another relation. */
  String copyStatement(String from) {
    String list =
        columns.stream().map(TrainingColumn::expression).collect(Collectors.joining(", "));
    return "COPY (SELECT " + list + " FROM " + from + ") TO STDOUT (FORMAT binary)";
  }
}
