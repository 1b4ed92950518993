package org.pglynx.proxy.ml;

import java.util.Set;

/** In which form values of a type give features, by the type's name in a cast. */
final class FeatureTypes {
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

  private FeatureTypes() {}

  /** A type that is not known here may be composite; its columns have names then. */
  static FeatureForm form(String type) {
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
}
