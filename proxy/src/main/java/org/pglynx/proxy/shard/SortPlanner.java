package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;

/**
 * A query whose rows are those of all shards together, but for their order and number: each shard
 * gives its first ones, with what they are ordered by, and one server orders all.
 */
final class SortPlanner {
  private final SqlTokens tokens;
  private final SelectParts parts;

  SortPlanner(SqlTokens tokens, SelectParts parts) {
    this.tokens = tokens;
    this.parts = parts;
  }

  Way.Collected plan() throws NotProvableException {
    List<OutputColumn> columns = parts.columns();
    boolean stars = columns.stream().anyMatch(OutputColumn::star);
    StringBuilder list = new StringBuilder(parts.list());
    List<String> keys = new ArrayList<>();
    int hidden = 0;
    for (SortTerm term : parts.order()) {
      String direction = term.direction().isEmpty() ? "" : " " + term.direction();
      if (term.column() != SortTerm.NONE && !stars) {
        keys.add(Collected.column(term.column()) + direction);
      } else {
        var expression =
            term.column() == SortTerm.NONE
                ? term.expression()
                : columns.get(term.column()).expression();
        list.append(", (").append(tokens.slice(expression.from(), expression.to())).append(')');
        keys.add("#" + hidden++ + direction);
      }
    }
    String select = "SELECT " + (parts.distinct() ? "DISTINCT " : "");
    String rows = " " + parts.body();
    LimitClause limit = parts.limit();
    String source = select + list + ", " + Collected.SETTINGS + rows + order() + limit.ofEach();
    return new Way.Collected(
        List.of(source),
        false,
        new Sorted(select + list + rows, hidden, List.copyOf(keys), limit.ofAll()));
  }

  private String order() throws NotProvableException {
    List<SortTerm> terms = parts.order();
    return terms.isEmpty() ? "" : " ORDER BY " + parts.orderWords();
  }

  /** The last step: orders all, and leaves out what only the order needs. */
  private record Sorted(String source, int hidden, List<String> keys, String limit)
      implements Way.LastText {
    @Override
    public @Nullable String of(int parameter, List<int[]> types) {
      int[] own = types.getFirst();
      String with = Collected.with(source, parameter, own);
      if (with == null) {
        return null;
      }
      int shown = own.length - hidden;
      String list =
          String.join(", ", IntStream.range(0, shown).mapToObj(Collected::column).toList());
      List<String> by = keys.stream().map(key -> key(key, shown)).toList();
      return with
          + "SELECT "
          + list
          + " FROM "
          + Collected.TABLE
          + (by.isEmpty() ? "" : " ORDER BY " + String.join(", ", by))
          + limit;
    }

    private static String key(String key, int shown) {
      if (!key.startsWith("#")) {
        return key;
      }
      int end = key.indexOf(' ') < 0 ? key.length() : key.indexOf(' ');
      return Collected.column(shown + Integer.parseInt(key.substring(1, end))) + key.substring(end);
    }
  }
}
