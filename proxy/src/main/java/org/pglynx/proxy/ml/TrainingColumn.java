package org.pglynx.proxy.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * A column of a training relation.
 *
 * @param spec what the engine is told about it
 * @param kind how a cell, or an array's element, is read
 * @param typeName the type as SQL shows it
 * @param nullable whether it may hold NULL
 * @param values the values of an enum in their order, else null
 * @param readAs the server's own type that cells are read as
 * @param classes whether the values are classes, so that none may become another one
 */
record TrainingColumn(
    ColumnSpec spec,
    CellKind kind,
    String typeName,
    boolean nullable,
    @Nullable List<String> values,
    String readAs,
    boolean classes) {
  /** Whether cells are arrays. */
  boolean array() {
    return spec.type() == ColumnSpec.Type.ARRAY;
  }

  /** Whether models learn from it. */
  boolean feature() {
    return spec.role() == ColumnSpec.Role.FEATURE;
  }

  /**
   * How it is read: as what it was said to be, which another shard may have of another type. Names
   * of groups are texts, so that no two large numbers become one.
   */
  String expression() {
    return Literals.quoteIdentifier(spec.name()) + "::pg_catalog." + readAs;
  }

  /** The same, but of values that are classes if it is a label. */
  TrainingColumn ofClasses() {
    return new TrainingColumn(spec, kind, typeName, nullable, values, readAs, label());
  }

  /** The error for a class whose number is not the same as a double. */
  PgError inexactClass(String number) {
    return PgError.error(
            SqlState.OUT_OF_RANGE,
            "label column \"%s\" has the class %s, which as a number has too many digits"
                .formatted(spec.name(), number))
        .withHint(
            "Numbers are exact up to 15 digits. Make the classes texts in a view: %s::text."
                .formatted(Literals.quoteIdentifier(spec.name())));
  }

  /** Whether it is what the model predicts. */
  boolean label() {
    return spec.role() == ColumnSpec.Role.LABEL;
  }

  /**
   * The column.
   *
   * @param values the type's values if it is an enum, else null
   * @throws PgErrorException if the engine cannot learn from the type
   */
  static TrainingColumn of(
      String name,
      int oid,
      @Nullable List<String> values,
      String typeName,
      boolean nullable,
      ColumnSpec.Role role)
      throws PgErrorException {
    if (role == ColumnSpec.Role.GROUP) {
      return new TrainingColumn(
          ColumnSpec.group(name), CellKind.TEXT, typeName, nullable, null, CellKind.ANY, false);
    }
    CellKind scalar = CellKind.ofScalar(oid, values != null);
    CellKind elements = CellKind.ofElements(oid);
    boolean label = role != ColumnSpec.Role.FEATURE;
    if (scalar != null && usable(scalar, role)) {
      ColumnSpec spec = new ColumnSpec(name, role, type(scalar));
      return new TrainingColumn(
          spec, scalar, typeName, nullable, values, scalar.readAs(oid), false);
    }
    if (elements == null || label) {
      throw unusable(name, typeName, role).toException();
    }
    return new TrainingColumn(
        ColumnSpec.arrayFeature(name),
        elements,
        typeName,
        nullable,
        null,
        elements.readAs(Oid.UNSPECIFIED) + "[]",
        false);
  }

  private static boolean usable(CellKind kind, ColumnSpec.Role role) {
    return switch (role) {
      case FEATURE, GROUP -> true;
      case LABEL -> !kind.time();
      case WEIGHT -> !kind.time() && type(kind) == ColumnSpec.Type.NUMBER;
    };
  }

  private static ColumnSpec.Type type(CellKind kind) {
    return switch (kind) {
      case INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC -> ColumnSpec.Type.NUMBER;
      case DATE, TIME, TIMESTAMP, INTERVAL -> ColumnSpec.Type.NUMBER;
      case BOOL -> ColumnSpec.Type.BOOLEAN;
      case TEXT, UUID -> ColumnSpec.Type.TEXT;
    };
  }

  private static PgError unusable(String name, String typeName, ColumnSpec.Role role) {
    return PgError.error(
            SqlState.DATATYPE_MISMATCH,
            "column \"%s\" of type %s cannot be %s"
                .formatted(
                    name,
                    typeName,
                    switch (role) {
                      case FEATURE -> "learned from";
                      case LABEL -> "a label";
                      case WEIGHT -> "a weight";
                      case GROUP -> "a group";
                    }))
        .withHint(
            typeName.startsWith("json")
                ? "Take what is to be learnt from out of it in a view: (%s->>'key')::real AS key."
                    .formatted(Literals.quoteIdentifier(name))
                : "Leave the column out in a view, or turn it into a number there.");
  }

  /** The error for a relation without the label column. */
  static PgError noSuchLabel(String label, String relation, @Nullable String columns) {
    return PgError.error(
            SqlState.UNDEFINED_COLUMN,
            "column \"%s\" of relation \"%s\" does not exist".formatted(label, relation))
        .withHint(
            columns == null || columns.isEmpty() ? null : "Its columns are: " + columns + ".");
  }
}
