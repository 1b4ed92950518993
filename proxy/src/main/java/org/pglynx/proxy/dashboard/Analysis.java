package org.pglynx.proxy.dashboard;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The statement that describes the columns of a relation, in one reading of at most {@link
 * #MOST_ROWS} rows: of a large table some of its pages, always the same ones; of a view its first
 * rows.
 *
 * @param relation its name, quoted
 * @param stored whether pages can be drawn from it
 * @param estimate about how many rows it has, 0 if that is not known
 */
record Analysis(String relation, boolean stored, long estimate, List<Analysis.Column> columns) {
  static final int MOST_COLUMNS = 100;
  static final int MOST_ROWS = 100_000;
  private static final int BINS = 20;

  /** What a column's values are. */
  enum Kind {
    NUMBER,
    FLAG,
    TIME,
    ARRAY,
    TEXT;

    static Kind of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One column.
   *
   * @param quoted its name as SQL has it
   */
  record Column(String name, String quoted, Kind kind, String type) {
    /** As a number, or null where it is none that can be computed with. */
    @Nullable String number() {
      String value =
          switch (kind) {
            case NUMBER -> quoted + "::float8";
            case FLAG -> quoted + "::int::float8";
            case TIME -> "extract(epoch FROM " + quoted + ")::float8";
            case ARRAY, TEXT -> null;
          };
      // NaN and the infinities are no values to compute with, nor what overflows when squared.
      return value == null
          ? null
          : "CASE WHEN " + value + " BETWEEN -1e150 AND 1e150 THEN " + value + " END";
    }
  }

  /** Copies the columns. */
  Analysis {
    columns = List.copyOf(columns);
  }

  /** Whether pages are drawn, as there are too many rows. */
  boolean drawn() {
    return stored && estimate > MOST_ROWS;
  }

  /** A row for each column: its number and what is found, as JSON. */
  String sql(@Nullable String target) {
    String goal = target(target);
    StringJoiner parts = new StringJoiner(" UNION ALL ");
    for (int i = 0; i < columns.size(); i++) {
      parts.add("(" + described(columns.get(i), i, goal) + ")");
    }
    return "WITH s AS MATERIALIZED (SELECT * FROM "
        + relation
        + sample()
        + " LIMIT "
        + MOST_ROWS
        + ") "
        + parts
        + " ORDER BY 1";
  }

  private String target(@Nullable String name) {
    for (Column each : columns) {
      String number = each.number();
      if (each.name().equals(name) && number != null) {
        return number;
      }
    }
    return "NULL::float8";
  }

  /** A little more than is taken: pages have not all the same number of rows. */
  private String sample() {
    if (!drawn()) {
      return "";
    }
    double percent = Math.min(100, 110.0 * MOST_ROWS / estimate);
    return String.format(Locale.ROOT, " TABLESAMPLE SYSTEM (%.6f) REPEATABLE (1)", percent);
  }

  private static String described(Column column, int place, String goal) {
    String number = column.number();
    return switch (column.kind()) {
      case NUMBER, TIME ->
          number == null ? texts(column, place, goal) : numbers(number, place, goal);
      case FLAG, TEXT -> texts(column, place, goal);
      case ARRAY ->
          "SELECT %d, jsonb_build_object('rows', count(*), 'missing', count(*) - count(%s)) FROM s"
              .formatted(place, column.quoted());
    };
  }

  private static String numbers(String number, int place, String goal) {
    StringJoiner histogram = new StringJoiner(", ");
    for (int b = 0; b < BINS; b++) {
      histogram.add("count(*) FILTER (WHERE b = " + b + ")");
    }
    return """
    SELECT %1$d, jsonb_build_object('rows', count(*), 'missing', count(*) - count(v),
      'distinct', count(DISTINCT v), 'min', min(lo), 'max', max(hi), 'mean', avg(v),
      'std_dev', stddev_pop(v), 'quartiles', to_jsonb(min(q)),
      'outliers_below', count(*) FILTER (WHERE v < q[1] - 1.5 * (q[3] - q[1])),
      'outliers_above', count(*) FILTER (WHERE v > q[3] + 1.5 * (q[3] - q[1])),
      'correlation', corr(v, g), 'histogram', jsonb_build_array(%2$s))
    FROM (SELECT v, g, lo, hi, q,
            coalesce(least(%3$d, floor((v - lo) / nullif(hi - lo, 0) * %4$d)),
                     CASE WHEN v IS NOT NULL THEN 0 END) AS b
          FROM (SELECT %5$s AS v, %6$s AS g FROM s) x
          CROSS JOIN (SELECT min(v) AS lo, max(v) AS hi,
                        percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY v) AS q
                      FROM (SELECT %5$s AS v FROM s) y) z) w\
    """
        .formatted(place, histogram, BINS - 1, BINS, number, goal);
  }

  /** The mean of the target for each frequent value tells more than a correlation could. */
  private static String texts(Column column, int place, String goal) {
    return """
    SELECT %1$d, jsonb_build_object('rows', count(*), 'missing', count(*) - count(v),
      'distinct', count(DISTINCT v),
      'frequent', (SELECT coalesce(jsonb_agg(jsonb_build_object('value', left(v, 100),
                     'rows', n, 'target_mean', m) ORDER BY n DESC, v), '[]')
                   FROM (SELECT v, count(*) AS n, avg(g) AS m
                         FROM (SELECT %2$s::text AS v, %3$s AS g FROM s) y
                         WHERE v IS NOT NULL GROUP BY v ORDER BY 2 DESC, v LIMIT 20) t))
    FROM (SELECT %2$s::text AS v FROM s) x\
    """
        .formatted(place, column.quoted(), goal);
  }
}
