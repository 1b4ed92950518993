package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * A query of groups, of distinct rows, or of aggregates of all rows: each shard gives the groups
 * that it has, with aggregates of its part, and one server makes the groups and the select list of
 * them.
 */
final class GroupPlanner {
  private static final Set<String> OWN =
      Set.of(
          "now",
          "current_timestamp",
          "current_date",
          "current_time",
          "localtime",
          "localtimestamp",
          "age",
          "current_catalog",
          "current_schema");

  private final SqlTokens tokens;
  private final SelectParts parts;
  private final Level level;
  private final boolean aggregates;

  GroupPlanner(SqlTokens tokens, SelectParts parts, Level level, boolean aggregates) {
    this.tokens = tokens;
    this.parts = parts;
    this.level = level;
    this.aggregates = aggregates;
  }

  Way.Collected plan() throws NotProvableException {
    List<OutputColumn> columns = parts.columns();
    if (columns.stream().anyMatch(OutputColumn::star)) {
      throw new NotProvableException("* is not grouped over several shards");
    }
    boolean grouped = parts.has(Clause.GROUP);
    List<TokenRange> groups = grouped ? groups(columns) : List.of();
    if (!grouped && !parts.has(Clause.HAVING) && !aggregates) {
      if (!parts.distinct()) {
        throw new NotProvableException("it has neither groups nor aggregates");
      }
      groups = columns.stream().map(OutputColumn::expression).toList();
    }
    boolean alone = level.uses().size() == 1 && !level.references() && !level.isDerived();
    GroupedText text = new GroupedText(tokens, groups, alone);
    List<TextPart> list = list(columns, text);
    for (TokenRange each : groups) {
      steady(each);
    }
    List<TextPart> last = new ArrayList<>();
    last.add(TextPart.of("SELECT " + (parts.distinct() ? "DISTINCT " : "")));
    last.addAll(list);
    last.add(TextPart.of(" FROM " + Collected.TABLE));
    if (grouped) {
      last.add(TextPart.of(" GROUP BY " + numbered(groups.size())));
    }
    TokenRange having = parts.having();
    if (having != null) {
      last.add(TextPart.of(" HAVING "));
      last.addAll(text.of(having));
    }
    order(text, last);
    last.add(TextPart.of(parts.limit().ofAll()));
    return collected(groups, text, last);
  }

  /** Each shard has a clock and a name of its own, so that one group would become several. */
  private void steady(TokenRange group) throws NotProvableException {
    for (int i = group.from(); i < group.to(); i++) {
      if (tokens.is(i, TokenKind.WORD) && OWN.contains(tokens.identifier(i))) {
        throw new NotProvableException(tokens.identifier(i) + " is each shard's own");
      }
    }
  }

  private Way.Collected collected(List<TokenRange> groups, GroupedText text, List<TextPart> last)
      throws NotProvableException {
    if (groups.isEmpty() && text.partials().isEmpty()) {
      throw new NotProvableException("it has neither groups nor aggregates");
    }
    List<String> list = new ArrayList<>();
    groups.forEach(each -> list.add("(" + tokens.slice(each.from(), each.to()) + ")"));
    list.addAll(text.partials());
    String behind = groups.isEmpty() ? "" : " GROUP BY " + ordinals(groups.size());
    String select = "SELECT " + String.join(", ", list);
    String rows = " " + parts.source() + behind;
    return new Way.Collected(
        List.of(select + ", " + Collected.SETTINGS + rows),
        false,
        new Grouped(select + rows, List.copyOf(last)));
  }

  private static String ordinals(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  private static String numbered(int count) {
    return IntStream.range(0, count).mapToObj(Collected::column).collect(Collectors.joining(", "));
  }

  private List<TextPart> list(List<OutputColumn> columns, GroupedText text)
      throws NotProvableException {
    List<TextPart> list = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      list.add(TextPart.of(i == 0 ? "" : ", "));
      list.addAll(text.of(columns.get(i).expression()));
      // ORDER BY names columns by their number.
    }
    return list;
  }

  private void order(GroupedText text, List<TextPart> last) throws NotProvableException {
    String before = " ORDER BY ";
    for (SortTerm term : parts.order()) {
      last.add(TextPart.of(before));
      if (term.column() == SortTerm.NONE) {
        last.addAll(text.of(term.expression()));
      } else {
        last.add(TextPart.of(String.valueOf(term.column() + 1)));
      }
      last.add(TextPart.of(term.direction().isEmpty() ? "" : " " + term.direction()));
      before = ", ";
    }
  }

  // ---- groups --------------------------------------------------------------------------------

  private List<TokenRange> groups(List<OutputColumn> columns) throws NotProvableException {
    List<TokenRange> groups = new ArrayList<>();
    for (TokenRange each : parts.groups()) {
      groups.add(group(each, columns));
    }
    return groups;
  }

  private TokenRange group(TokenRange range, List<OutputColumn> columns)
      throws NotProvableException {
    int from = range.from();
    if (range.isEmpty()
        || tokens.is(from, TokenKind.LEFT_PAREN)
        || tokens.word(from, "rollup")
        || tokens.word(from, "cube")
        || tokens.word(from, "grouping")
        || tokens.word(from, "distinct")
        || tokens.word(from, "all")) {
      throw new NotProvableException("such a GROUP BY is not computed from those of shards");
    }
    if (range.size() == 1 && tokens.is(from, TokenKind.NUMBER)) {
      String digits = tokens.slice(from);
      if (!digits.matches("[1-9]\\d{0,3}") || Integer.parseInt(digits) > columns.size()) {
        throw new NotProvableException("it is not known which column GROUP BY " + digits + " is");
      }
      return columns.get(Integer.parseInt(digits) - 1).expression();
    }
    if (range.size() == 1 && tokens.name(from)) {
      named(tokens.identifier(from), columns);
    }
    return range;
  }

  /**
   * A name is that of a table's column before it is that of the result's; which columns tables have
   * only the server knows.
   */
  private void named(String name, List<OutputColumn> columns) throws NotProvableException {
    for (OutputColumn each : columns) {
      if (each.alias().equals(name)) {
        TokenRange own = each.expression();
        boolean itself =
            OutputColumn.plain(tokens, own) && tokens.identifier(own.to() - 1).equals(name);
        if (!itself) {
          throw new NotProvableException(
              "it is not known which column GROUP BY " + name + " means");
        }
      }
    }
  }

  /** The last step. */
  private record Grouped(String source, List<TextPart> last) implements Way.LastText {
    @Override
    public @Nullable String of(int parameter, List<int[]> types) {
      int[] own = types.getFirst();
      String with = Collected.with(source, parameter, own);
      if (with == null) {
        return null;
      }
      StringBuilder text = new StringBuilder(with);
      for (TextPart part : last) {
        String words = part.of(own);
        if (words == null) {
          return null;
        }
        text.append(words);
      }
      return text.toString();
    }
  }
}
