package org.pglynx.proxy.admin;

import java.util.function.Function;
import org.pglynx.proxy.stats.Distribution;

/** The percentiles that tables show, in microseconds. */
final class Percentiles {
  private Percentiles() {}

  /** The median, and what leaves out one in twenty, in a hundred and in a thousand. */
  private enum Rank {
    P50(500),
    P95(950),
    P99(990),
    P999(999);

    private final int perMille;

    Rank(int perMille) {
      this.perMille = perMille;
    }

    long micros(Distribution of) {
      return Times.micros(of.nanosAt(perMille));
    }
  }

  /** Adds a column for each, such as {@code query_p999}. */
  static <R> Layout<R> columns(Layout<R> layout, String prefix, Function<R, Distribution> value) {
    Layout<R> more = layout;
    for (Rank rank : Rank.values()) {
      String name = prefix + rank.name().toLowerCase(java.util.Locale.ROOT);
      more = more.number(name, row -> rank.micros(value.apply(row)));
    }
    return more;
  }
}
