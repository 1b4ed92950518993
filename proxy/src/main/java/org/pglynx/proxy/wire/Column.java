package org.pglynx.proxy.wire;

/**
 * A column of a result that the proxy itself makes.
 *
 * @param name the column's name
 * @param typeOid its type, see {@link Oid}
 * @param typeLength pg_type.typlen: bytes, or -1 for variable length
 */
public record Column(String name, int typeOid, int typeLength) {
  /** A text column. */
  public static Column text(String name) {
    return new Column(name, Oid.TEXT, -1);
  }

  /** A bigint column. */
  public static Column int8(String name) {
    return new Column(name, Oid.INT8, 8);
  }

  /** An integer column. */
  public static Column int4(String name) {
    return new Column(name, Oid.INT4, 4);
  }

  /** A real column. */
  public static Column float4(String name) {
    return new Column(name, Oid.FLOAT4, 4);
  }

  /** A double precision column. */
  public static Column float8(String name) {
    return new Column(name, Oid.FLOAT8, 8);
  }

  /** A boolean column. */
  public static Column bool(String name) {
    return new Column(name, Oid.BOOL, 1);
  }

  /** A bytea column. */
  public static Column bytea(String name) {
    return new Column(name, Oid.BYTEA, -1);
  }

  /** A real[] column. */
  public static Column float4Array(String name) {
    return new Column(name, Oid.FLOAT4_ARRAY, -1);
  }

  /** A record column: a composite in text form. */
  public static Column record(String name) {
    return new Column(name, Oid.RECORD, -1);
  }
}
