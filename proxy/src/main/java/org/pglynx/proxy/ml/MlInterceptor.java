package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.Consumer;
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
  private final Consumer<String> forwarded;
  private final PlanCache<Text, StatementPlanner.Planned> plans = new PlanCache<>(MAX_PLANS);

  /**
   * An interceptor.
   *
   * @param forwarded hears of each call that the database's own function serves: whose model
   */
  MlInterceptor(StatementPlanner planner, Consumer<String> forwarded) {
    this.planner = planner;
    this.forwarded = forwarded;
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
  public boolean answers(String sql, int[] parameterTypes, boolean simple) {
    return switch (planned(sql, parameterTypes).decision()) {
      case Decision.Answer answer -> true;
      case Decision.Refuse refused -> true;
      case Decision.Pass pass -> false;
      case Decision.Rewrite rewrite -> false;
    };
  }

  @Override
  public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
    StatementPlanner.Planned planned = planned(sql, parameterTypes);
    planned.forwarded().forEach(forwarded);
    return planned.decision();
  }

  private StatementPlanner.Planned planned(String sql, int[] parameterTypes) {
    return sql.length() > MAX_CACHED_LENGTH
        ? planner.planned(sql, parameterTypes)
        : plans.value(
            new Text(sql, parameterTypes), text -> planner.planned(text.sql(), text.types()));
  }
}
