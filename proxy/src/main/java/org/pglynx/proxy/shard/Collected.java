package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;

/** Words of the texts of a {@link Way.Collected}. */
final class Collected {
  /** The common table of what was collected. */
  static final String TABLE = "pglynx_all";

  /** What texts of values depend on, once for a query. */
  static final String SETTINGS =
      "(SELECT pg_catalog.concat_ws('/', pg_catalog.current_setting('extra_float_digits'),"
          + " pg_catalog.current_setting('DateStyle'), pg_catalog.current_setting('IntervalStyle'),"
          + " pg_catalog.current_setting('lc_monetary')))";

  /** Names of types that are no arrays and whose arrays are written with commas (pg_type.dat). */
  private static final Map<Integer, String> TYPES = types();

  private Collected() {}

  private static Map<Integer, String> types() {
    Map<Integer, String> types = new HashMap<>();
    String all =
        "16 bool 17 bytea 18 char 19 name 20 int8 21 int2 23 int4 25 text 26 oid 114 json 142 xml"
            + " 600 point 601 lseg 602 path 604 polygon 628 line 650 cidr 700 float4 701 float8"
            + " 718 circle 774 macaddr8 790 money 829 macaddr 869 inet 1042 bpchar 1043 varchar"
            + " 1082 date 1083 time 1114 timestamp 1184 timestamptz 1186 interval 1266 timetz"
            + " 1560 bit 1562 varbit 1700 numeric 2950 uuid 3220 pg_lsn 3614 tsvector"
            + " 3615 tsquery 3802 jsonb 3904 int4range 3906 numrange 3908 tsrange 3910 tstzrange"
            + " 3912 daterange 3926 int8range";
    String[] words = all.split(" ");
    for (int i = 0; i < words.length; i += 2) {
      types.put(Integer.valueOf(words[i]), words[i + 1]);
    }
    return Map.copyOf(types);
  }

  /** The name of a column of what was collected. */
  static String column(int index) {
    return "pglynx_" + (index + 1);
  }

  /**
   * WITH and the common table of what was collected: of the same types and collations as the
   * columns of the source, which is named for them alone, and not run. Null if there is no array of
   * one of the types.
   *
   * @param source the text whose rows were collected, without settings
   * @param parameter number of the first parameter
   * @param types of the columns
   */
  static @Nullable String with(String source, int parameter, int[] types) {
    StringBuilder arrays = new StringBuilder();
    for (int i = 0; i < types.length; i++) {
      String type = TYPES.get(types[i]);
      if (type == null) {
        return null;
      }
      arrays
          .append(i == 0 ? "" : ", ")
          .append("pg_catalog.unnest($%d::pg_catalog.\"%s\"[])".formatted(parameter + i, type));
    }
    String columns =
        IntStream.range(0, types.length)
            .mapToObj(Collected::column)
            .collect(Collectors.joining(", "));
    return "WITH %s (%s) AS ((%s LIMIT 0) UNION ALL SELECT * FROM ROWS FROM (%s)) "
        .formatted(TABLE, columns, source, arrays);
  }

  /**
   * The text with the columns' names of a RowDescription: FETCH tells those of the text that the
   * cursor was declared for.
   */
  static String named(String text, @Nullable ByteBuf description) {
    List<String> names = description == null ? List.of() : Descriptions.names(description);
    return names.isEmpty()
        ? text
        : names.stream()
            .map(Literals::quoteIdentifier)
            .collect(
                Collectors.joining(", ", "SELECT * FROM (" + text + ") AS " + TABLE + " (", ")"));
  }

  /** Whether two parts of a text say the same, word by word. */
  static boolean same(SqlTokens tokens, TokenRange one, TokenRange other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      int left = one.from() + i;
      int right = other.from() + i;
      boolean equal =
          tokens.name(left) && tokens.name(right)
              ? tokens.identifier(left).equals(tokens.identifier(right))
              : tokens.kind(left) == tokens.kind(right)
                  && tokens.slice(left).equals(tokens.slice(right));
      if (!equal) {
        return false;
      }
    }
    return true;
  }
}
