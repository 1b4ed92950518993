package org.pglynx.proxy.ml;

import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.wire.Oid;

/**
 * What a rewritten statement has around features, where the client called a function. Texts of
 * floats have all their digits only if extra_float_digits is at least 1; where it is not, their
 * binary form goes with them, see {@link ExactFloats}.
 */
final class FeatureSql {
  private static final String ALL_DIGITS =
      "(SELECT pg_catalog.current_setting('extra_float_digits')::pg_catalog.int4"
          + " OPERATOR(pg_catalog.>) 0)";

  /** The names of pgvector's types, with a schema or without. */
  private static final String VECTORS = "^(.*[.])?(vector|halfvec)$";

  private static final String TYPE_OF = "CASE WHEN pg_catalog.pg_typeof(";

  private final SqlTokens tokens;
  private final ParameterTypes types;
  private final boolean texts;

  /**
   * Of a statement.
   *
   * @param texts whether arrays come as text
   */
  FeatureSql(SqlTokens tokens, ParameterTypes types, boolean texts) {
    this.tokens = tokens;
    this.types = types;
    this.texts = texts;
  }

  /** All of it, with a copy of the features. */
  String whole(PredictCall prediction) {
    return before(prediction) + features(prediction) + behind(prediction);
  }

  /**
   * What stands before the features. A project that is a parameter stays mentioned, so that the
   * parameters keep their numbers; a NULL one makes the features NULL, as STRICT functions do.
   */
  String before(PredictCall prediction) {
    String open =
        switch (prediction.form()) {
          case ARRAY -> texts ? "CASE WHEN " + ALL_DIGITS + " THEN (" : "(";
          case RECORD, NAMED -> "CASE WHEN " + ALL_DIGITS + " THEN pg_catalog.to_json(";
          case TYPED -> isColumn(prediction) ? TYPE_OF : "pg_catalog.record_send(ROW(";
        };
    if (prediction.selector() instanceof ModelSelector.Bound bound) {
      String type = types.type(bound.index()) == Oid.INT8 ? "bigint" : "text";
      return "CASE WHEN $%d::%s IS NOT NULL THEN %s".formatted(bound.index() + 1, type, open);
    }
    return open;
  }

  /** What stands behind the features. */
  String behind(PredictCall prediction) {
    String copy = features(prediction);
    String close =
        switch (prediction.form()) {
          case ARRAY -> texts ? ")::float4[]::pg_catalog.text" + elseArray(copy) : ")::float4[]";
          case RECORD, NAMED -> ")::pg_catalog.text" + elseRow(copy);
          case TYPED -> isColumn(prediction) ? sentBy(copy) : "))";
        };
    return prediction.selector() instanceof ModelSelector.Bound ? close + " END" : close;
  }

  private static String elseArray(String copy) {
    return " ELSE pg_catalog.encode(pg_catalog.array_send((" + copy + ")::float4[]), 'hex') END";
  }

  private static String elseRow(String copy) {
    return " ELSE " + jsonAndBinary(copy) + " END";
  }

  private static String jsonAndBinary(String copy) {
    return "pg_catalog.to_json("
        + copy
        + ")::pg_catalog.text OPERATOR(pg_catalog.||) ' ' OPERATOR(pg_catalog.||)"
        + " pg_catalog.encode(pg_catalog.record_send(ROW("
        + copy
        + ")), 'hex')";
  }

  /**
   * The column as it is, if it is of a type of the server's own or of pgvector's; else behind the
   * type's name as a row is sent: nothing of the binary form tells a composite's names and what an
   * array of a domain has in it.
   */
  private static String sentBy(String copy) {
    String type = "pg_catalog.pg_typeof(" + copy + ")";
    String name = "pg_catalog.format_type(" + type + ", NULL)";
    return ")::pg_catalog.oid OPERATOR(pg_catalog.<) "
        + Oid.FIRST_OF_SCHEMA
        + " AND "
        + type
        + "::pg_catalog.oid OPERATOR(pg_catalog.<>) "
        + Oid.RECORD
        + " OR "
        + name
        + " OPERATOR(pg_catalog.~) '"
        + VECTORS
        + "' THEN pg_catalog.record_send(ROW("
        + copy
        + ")) ELSE pg_catalog.record_send(ROW("
        + name
        + ", "
        + jsonAndBinary(copy)
        + ")) END";
  }

  private boolean isColumn(PredictCall prediction) {
    return FeatureForms.isColumn(tokens, new ArgumentReader(tokens).unwrap(prediction.features()));
  }

  private String features(PredictCall prediction) {
    return tokens.slice(prediction.features().from(), prediction.features().to());
  }
}
