package org.pglynx.proxy.relay;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Oid;

/**
 * What a prepared statement takes and returns, as clients remember it from its description: a
 * server refuses to run a statement of which this has changed (plancache.c, RevalidateCachedQuery).
 *
 * @param parameters the body of ParameterDescription: count and types
 * @param columns name, type and type modifier of each column; empty if there are none. Not to be
 *     changed, as the other
 */
public record StatementShape(byte[] parameters, byte[] columns) {
  /** The same on whichever server: all types that schemas have made have one number. */
  StatementShape anywhere() {
    ByteBuffer types = ByteBuffer.wrap(parameters.clone());
    for (int at = Short.BYTES; at + Integer.BYTES <= parameters.length; at += Integer.BYTES) {
      hide(types, at);
    }
    ByteBuffer all = ByteBuffer.wrap(columns.clone());
    int at = 0;
    while (at < columns.length) {
      while (columns[at] != 0) {
        at++;
      }
      hide(all, at + 1);
      at += 1 + 2 * Integer.BYTES;
    }
    return new StatementShape(types.array(), all.array());
  }

  private static void hide(ByteBuffer bytes, int type) {
    if (Oid.ofSchema(bytes.getInt(type))) {
      bytes.putInt(type, Oid.FIRST_OF_SCHEMA);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StatementShape that
        && Arrays.equals(parameters, that.parameters)
        && Arrays.equals(columns, that.columns);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(parameters) + Arrays.hashCode(columns);
  }
}
