package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.sql.MarkerScan;
import org.pglynx.proxy.sql.PlanCache;

/** Catches {@code pgml.*} calls; remembers what it decided about each text. */
final class MlInterceptor implements QueryInterceptor {
  private static final int MAX_PLANS = 2048;

  // Longer texts are planned anew each time, so that the cache is bounded in bytes, too.
  private static final int MAX_CACHED_LENGTH = 16_384;

  private final StatementPlanner planner;
  private final PlanCache<Text, Decision> plans = new PlanCache<>(MAX_PLANS);

  MlInterceptor(StatementPlanner planner) {
    this.planner = planner;
  }

  /** A text with its declared types. */
  private record Text(String sql, int[] types) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Text text && sql.equals(text.sql) && Arrays.equals(types, text.types);
    }

    @Override
    public int hashCode() {
      return sql.hashCode() * 31 + Arrays.hashCode(types);
    }
  }

  @Override
  public boolean concerns(ByteBuf buffer, int offset, int length) {
    return MarkerScan.found(buffer, offset, length);
  }

  @Override
  public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
    return sql.length() > MAX_CACHED_LENGTH
        ? planner.plan(sql, parameterTypes)
        : plans.value(
            new Text(sql, parameterTypes), text -> planner.plan(text.sql(), text.types()));
  }
}
