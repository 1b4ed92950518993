package org.pglynx.proxy.ml;

import java.util.Set;
import org.pglynx.proxy.wire.Oid;

/** Types of the parameters of {@code pgml.*} functions, and which arguments they take. */
enum ArgumentType {
  /** text. */
  TEXT("text", Oid.TEXT, Set.of("text", "character varying")),
  /** text[]. */
  TEXT_ARRAY("text[]", Oid.TEXT_ARRAY, Set.of("text[]", "character varying[]")),

  /** bytea. */
  BYTEA("bytea", Oid.BYTEA, Set.of("bytea")),
  /** jsonb. */
  JSONB("jsonb", Oid.JSONB, Set.of("jsonb", "json")),
  /** real. */
  REAL(
      "real",
      Oid.FLOAT4,
      Set.of("real", "double precision", "numeric", "integer", "bigint", "smallint")),
  /** bigint. */
  BIGINT("bigint", Oid.INT8, Set.of("bigint", "integer", "smallint")),
  /** boolean. */
  BOOLEAN("boolean", Oid.BOOL, Set.of("boolean")),
  /** pgml.algorithm. */
  ALGORITHM("pgml.algorithm", Oid.TEXT, Set.of("pgml.algorithm")),
  /** pgml.search. */
  SEARCH("pgml.search", Oid.TEXT, Set.of("pgml.search")),
  /** pgml.sampling. */
  SAMPLING("pgml.sampling", Oid.TEXT, Set.of("pgml.sampling")),
  /** pgml.runtime. */
  RUNTIME("pgml.runtime", Oid.TEXT, Set.of("pgml.runtime")),
  /** pgml.strategy. */
  STRATEGY("pgml.strategy", Oid.TEXT, Set.of("pgml.strategy"));

  private static final int VARCHAR_ARRAY = 1015;

  private final String sqlName;
  private final int oid;
  private final Set<String> accepted;

  ArgumentType(String sqlName, int oid, Set<String> accepted) {
    this.sqlName = sqlName;
    this.oid = oid;
    this.accepted = accepted;
  }

  /** The type's name in SQL. */
  String sqlName() {
    return sqlName;
  }

  /**
   * What a parameter of the type is declared as. The enums have no fixed OID: text, which every
   * client can send.
   */
  int oid() {
    return oid;
  }

  /** Whether an argument of that type name can stand for it: untyped literals always can. */
  boolean accepts(String typeName) {
    return typeName.equals("unknown") || accepted.contains(typeName);
  }

  /** Whether a value of the type that the server tells can stand for it. */
  boolean takes(String typeName) {
    return accepts(typeName)
        // The search path decides whether the server tells the schema of a type.
        || accepted.contains("pgml." + typeName)
        || sqlName.startsWith("pgml.") && typeName.equals("text");
  }

  /** Whether a parameter declared with the OID is of this type and nothing else. */
  boolean isExactly(int declared) {
    return declared != Oid.UNSPECIFIED && acceptsOid(declared);
  }

  /** Whether a client may declare a parameter of this type with the OID. */
  boolean acceptsOid(int declared) {
    return switch (declared) {
      case Oid.UNSPECIFIED -> true;
      case Oid.TEXT, Oid.VARCHAR ->
          this != BIGINT && this != REAL && this != BOOLEAN && this != TEXT_ARRAY && this != BYTEA;
      case Oid.BYTEA -> this == BYTEA;
      case Oid.TEXT_ARRAY, VARCHAR_ARRAY -> this == TEXT_ARRAY;
      case Oid.JSON, Oid.JSONB -> this == JSONB;
      case Oid.INT2, Oid.INT4, Oid.INT8 -> this == BIGINT || this == REAL;
      case Oid.FLOAT4, Oid.FLOAT8, Oid.NUMERIC -> this == REAL;
      case Oid.BOOL -> this == BOOLEAN;
      default -> false;
    };
  }
}
