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
          case TYPED -> "pg_catalog.record_send(ROW(";
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
          case TYPED -> "))";
        };
    return prediction.selector() instanceof ModelSelector.Bound ? close + " END" : close;
  }

  private static String elseArray(String copy) {
    return " ELSE pg_catalog.encode(pg_catalog.array_send((" + copy + ")::float4[]), 'hex') END";
  }

  private static String elseRow(String copy) {
    return " ELSE pg_catalog.to_json("
        + copy
        + ")::pg_catalog.text OPERATOR(pg_catalog.||) ' ' OPERATOR(pg_catalog.||)"
        + " pg_catalog.encode(pg_catalog.record_send(ROW("
        + copy
        + ")), 'hex') END";
  }

  private String features(PredictCall prediction) {
    return tokens.slice(prediction.features().from(), prediction.features().to());
  }
}
