package org.pglynx.proxy.relay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a prepared statement takes and returns, as clients remember it from its description: a
 * server refuses to run a statement of which this has changed (plancache.c, RevalidateCachedQuery).
 *
 * @param parameters the body of ParameterDescription: count and types
 * @param columns name, type and type modifier of each column; empty if there are none. Not to be
 *     changed, as the other
 */
public record StatementShape(byte[] parameters, byte[] columns) {
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
