package org.pglynx.proxy.wire;

/** Object ids of the built-in types that the proxy itself names (pg_type.dat), and of others. */
public final class Oid {
  /** Not specified: the server infers. */
  public static final int UNSPECIFIED = 0;

  /** boolean. */
  public static final int BOOL = 16;

  /** bytea. */
  public static final int BYTEA = 17;

  /** name. */
  public static final int NAME = 19;

  /** bigint. */
  public static final int INT8 = 20;

  /** smallint. */
  public static final int INT2 = 21;

  /** integer. */
  public static final int INT4 = 23;

  /** text. */
  public static final int TEXT = 25;

  /** oid. */
  public static final int OID = 26;

  /** json. */
  public static final int JSON = 114;

  /** xml. */
  public static final int XML = 142;

  /** real. */
  public static final int FLOAT4 = 700;

  /** double precision. */
  public static final int FLOAT8 = 701;

  /** boolean[]. */
  public static final int BOOL_ARRAY = 1000;

  /** smallint[]. */
  public static final int INT2_ARRAY = 1005;

  /** integer[]. */
  public static final int INT4_ARRAY = 1007;

  /** text[]. */
  public static final int TEXT_ARRAY = 1009;

  /** bigint[]. */
  public static final int INT8_ARRAY = 1016;

  /** real[]. */
  public static final int FLOAT4_ARRAY = 1021;

  /** double precision[]. */
  public static final int FLOAT8_ARRAY = 1022;

  /** char(n). */
  public static final int BPCHAR = 1042;

  /** numeric[]. */
  public static final int NUMERIC_ARRAY = 1231;

  /** varchar. */
  public static final int VARCHAR = 1043;

  /** date. */
  public static final int DATE = 1082;

  /** time. */
  public static final int TIME = 1083;

  /** timestamp without time zone. */
  public static final int TIMESTAMP = 1114;

  /** timestamp with time zone. */
  public static final int TIMESTAMPTZ = 1184;

  /** interval. */
  public static final int INTERVAL = 1186;

  /** numeric. */
  public static final int NUMERIC = 1700;

  /** record. */
  public static final int RECORD = 2249;

  /** void. */
  public static final int VOID = 2278;

  /** uuid. */
  public static final int UUID = 2950;

  /** jsonb. */
  public static final int JSONB = 3802;

  /** The first id of what was made in a database (access/transam.h, FirstNormalObjectId). */
  public static final int FIRST_OF_SCHEMA = 16_384;

  private Oid() {}

  /**
   * Whether a type is none of Postgres's own but of a schema, such as an enum, or of an extension:
   * each database has its own number for it. Ids have no sign.
   */
  public static boolean ofSchema(int type) {
    return Integer.compareUnsigned(type, FIRST_OF_SCHEMA) >= 0;
  }
}
