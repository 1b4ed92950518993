package org.pglynx.proxy.ml;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Oid;

/**
 * Tells by its text in which form an argument gives features. A name is taken for a row when FROM
 * has it; that it may be a column after all does no harm, because to_json, which rows are sent as,
 * knows arrays as well.
 */
final class FeatureForms {
  /** For statements without relations. */
  static final FeatureForms NO_ROWS = new FeatureForms(Set.of());

  /** What no cast makes numbers of: booleans have none to real. */
  private static final Set<String> AS_JSON = Set.of("json", "jsonb", "boolean[]");

  /** Types without columns: what a cast to real[] reads, or refuses as the server does. */
  private static final Set<String> NO_COMPOSITES =
      Set.of(
          "text",
          "character varying",
          "character",
          "char",
          "bpchar",
          "name",
          "unknown",
          "real",
          "double precision",
          "numeric",
          "smallint",
          "integer",
          "bigint",
          "money",
          "boolean",
          "date",
          "time",
          "timetz",
          "time with time zone",
          "time without time zone",
          "timestamp",
          "timestamptz",
          "timestamp with time zone",
          "timestamp without time zone",
          "interval",
          "uuid",
          "bytea",
          "bit",
          "bit varying",
          "varbit",
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "oid",
          "xid",
          "xid8",
          "cid",
          "tid",
          "pg_lsn",
          "xml",
          "jsonpath",
          "tsvector",
          "tsquery",
          "point",
          "line",
          "lseg",
          "box",
          "path",
          "polygon",
          "circle",
          "int4range",
          "int8range",
          "numrange",
          "daterange",
          "tsrange",
          "tstzrange");

  /** Those of pgvector, which casts them to real[], in whichever schema it is. */
  private static final Set<String> VECTORS = Set.of("vector", "halfvec");

  private static final Set<String> CONDITIONS =
      Set.of(
          "true", "false", "not", "and", "or", "is", "in", "like", "between", "exists", "=", "<>",
          "!=", "<", ">", "<=", ">=");

  private static final Set<String> JSON_FUNCTIONS =
      Set.of(
          "to_json",
          "to_jsonb",
          "row_to_json",
          "json_build_object",
          "jsonb_build_object",
          "json_object",
          "jsonb_object",
          "jsonb_set",
          "jsonb_strip_nulls");

  private final Set<String> relations;

  private FeatureForms(Set<String> relations) {
    this.relations = relations;
  }

  /** For a statement with that FROM clause. */
  static FeatureForms of(SqlTokens tokens, @Nullable TokenRange from) {
    if (from == null) {
      return NO_ROWS;
    }
    Set<String> names = new HashSet<>();
    for (int i = from.from(); i < from.to(); ) {
      if (tokens.name(i)) {
        names.add(tokens.identifier(i));
      }
      boolean subquery = tokens.is(i, TokenKind.LEFT_PAREN) && isQuery(tokens, i + 1);
      i = subquery ? tokens.skip(i) : i + 1;
    }
    return new FeatureForms(names);
  }

  /** What a subquery calls its columns are no names of rows. */
  private static boolean isQuery(SqlTokens tokens, int token) {
    return tokens.word(token, "select")
        || tokens.word(token, "with")
        || tokens.word(token, "values");
  }

  /** The form of the argument. */
  FeatureForm of(
      SqlTokens tokens, ArgumentReader reader, TokenRange argument, ParameterTypes types) {
    TokenRange inner = reader.unwrap(argument);
    if (isRecord(tokens, inner, argument)) {
      return FeatureForm.RECORD;
    }
    ArgumentReader.Cast cast = reader.castOf(inner);
    if (cast != null) {
      return cast.type().equals("record")
          ? of(tokens, reader, cast.value(), types)
          : ofType(cast.type());
    }
    boolean named =
        isRow(tokens, inner)
            || isJsonCall(tokens, inner)
            || isBooleans(tokens, inner)
            || isJson(reader.read(inner), types);
    return named ? FeatureForm.NAMED : FeatureForm.ARRAY;
  }

  /** A type that is not known here may be composite; its columns have names then. */
  private static FeatureForm ofType(String type) {
    if (AS_JSON.contains(type)) {
      return FeatureForm.NAMED;
    }
    String plain = type.replaceFirst("^pg_catalog\\.", "").replaceFirst("\\(.*\\)", " ").strip();
    boolean array = plain.endsWith("]") || plain.endsWith(" array");
    boolean vector = VECTORS.contains(plain.substring(plain.lastIndexOf('.') + 1));
    return array || vector || NO_COMPOSITES.contains(plain.replace("  ", " "))
        ? FeatureForm.ARRAY
        : FeatureForm.NAMED;
  }

  /** {@code (a, b)} and {@code ROW(a, b)}. */
  private static boolean isRecord(SqlTokens tokens, TokenRange inner, TokenRange whole) {
    boolean row =
        tokens.word(inner.from(), "row")
            && tokens.is(inner.from() + 1, TokenKind.LEFT_PAREN)
            && tokens.partner(inner.from() + 1) == inner.to() - 1;
    return row
        || (inner.size() < whole.size()
            && tokens.commaSeparated(inner.from(), inner.to()).size() > 1);
  }

  /** {@code t}, {@code s.t}, {@code t.*}. */
  private boolean isRow(SqlTokens tokens, TokenRange inner) {
    int last = inner.to() - 1;
    if (inner.size() > 2 && tokens.operator(last, "*") && tokens.name(inner.from())) {
      return true;
    }
    for (int i = inner.from(); i < inner.to(); i++) {
      boolean name = (i - inner.from()) % 2 == 0;
      if (name ? !tokens.name(i) : !tokens.slice(i).equals(".")) {
        return false;
      }
    }
    return tokens.name(last) && relations.contains(tokens.identifier(last));
  }

  /** An array with an element that is a condition: then all are. */
  private static boolean isBooleans(SqlTokens tokens, TokenRange inner) {
    int open = inner.from() + 1;
    if (!tokens.word(inner.from(), "array") || !tokens.is(open, TokenKind.LEFT_BRACKET)) {
      return false;
    }
    return tokens.commaSeparated(open + 1, tokens.partner(open)).stream()
        .anyMatch(element -> isCondition(tokens, element));
  }

  /**
   * Whether it is one by what stands outside of brackets. A CASE may hold one and be a number; were
   * a number taken for one, it would be sent as JSON, which is the same but slower.
   */
  private static boolean isCondition(SqlTokens tokens, TokenRange element) {
    boolean found = false;
    for (int i = element.from(); i < element.to(); i = tokens.skip(i)) {
      if (tokens.word(i, "case")) {
        return false;
      }
      found |= CONDITIONS.contains(tokens.slice(i).toLowerCase(Locale.ROOT));
    }
    return found;
  }

  private static boolean isJsonCall(SqlTokens tokens, TokenRange inner) {
    int open = inner.from() + 1;
    return tokens.name(inner.from())
        && JSON_FUNCTIONS.contains(tokens.identifier(inner.from()))
        && tokens.is(open, TokenKind.LEFT_PAREN)
        && tokens.partner(open) == inner.to() - 1;
  }

  private static boolean isJson(Argument argument, ParameterTypes types) {
    if (!(argument instanceof Argument.Bound bound)) {
      return false;
    }
    int declared = types.declared(bound.index());
    return declared == Oid.JSON || declared == Oid.JSONB;
  }
}
