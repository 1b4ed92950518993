package org.pglynx.proxy.ml;

import java.util.Set;

/** In which form values of a type give features, by the type's name in a cast. */
final class FeatureTypes {
  /** Those of points in time and spans of it. */
  private static final Set<String> TIMES =
      Set.of(
          "date",
          "time",
          "time without time zone",
          "timestamp",
          "timestamptz",
          "timestamp with time zone",
          "timestamp without time zone",
          "interval");

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

  private FeatureTypes() {}

  /** Whether values of the type are points in time or spans of it. */
  static boolean time(String type) {
    return TIMES.contains(plain(type));
  }

  /** Whether no cast makes numbers of it, but JSON does: booleans and times have none to real. */
  private static boolean asJson(String type) {
    return switch (type) {
      case "json", "jsonb", "boolean[]" -> true;
      default -> type.endsWith("[]") && time(type.substring(0, type.length() - 2));
    };
  }

  /** Without the schema of the server's own and without a precision. */
  private static String plain(String type) {
    return type.replaceFirst("^pg_catalog\\.", "")
        .replaceFirst("\\(.*\\)", " ")
        .strip()
        .replace("  ", " ");
  }

  /** A type that is not known here may be composite; its columns have names then. */
  static FeatureForm form(String type) {
    if (asJson(type)) {
      return FeatureForm.NAMED;
    }
    String plain = plain(type);
    boolean array = plain.endsWith("]") || plain.endsWith(" array");
    boolean vector = VECTORS.contains(plain.substring(plain.lastIndexOf('.') + 1));
    return array || vector || NO_COMPOSITES.contains(plain) ? FeatureForm.ARRAY : FeatureForm.NAMED;
  }
}
