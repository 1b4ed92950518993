package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.StatementFacts;
import org.pglynx.proxy.sql.StatementReader;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Any query: the rows of its sharded tables are collected, and one server runs the query on them.
 * Conditions that a row of a table must fulfil by itself are fulfilled before.
 */
final class RowsPlanner {
  /** Functions that may look at many rows, as all of them are there; or make rows. */
  private static final Set<String> OF_ROWS =
      Set.of(
          """
          row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value
          nth_value generate_series unnest percentile_cont percentile_disc mode corr covar_pop
          covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx
          regr_sxy regr_syy json_object_agg jsonb_object_agg bit_xor any_value grouping
          regexp_split_to_table regexp_matches string_to_table jsonb_array_elements
          jsonb_array_elements_text json_array_elements json_array_elements_text jsonb_each
          jsonb_each_text json_each json_each_text json_object_keys json_to_record json_to_recordset
          jsonb_to_record jsonb_to_recordset jsonb_path_query generate_subscripts jsonb_object_keys
          jsonb_build_object jsonb_build_array json_build_object
          json_build_array row_to_json array_agg pg_typeof
          """
              .trim()
              .split("\\s+"));

  /** Aggregates whose result depends on the order of the rows. */
  private static final Set<String> IN_ORDER =
      Set.of(
          "array_agg",
          "string_agg",
          "json_agg",
          "jsonb_agg",
          "json_object_agg",
          "jsonb_object_agg",
          "json_arrayagg",
          "json_objectagg",
          "xmlagg");

  private final SqlTokens tokens;
  private final TokenRange range;
  private final QueryReader reader;

  /** In the order of the text. */
  private final List<TablePlace> places;

  RowsPlanner(SqlTokens tokens, TokenRange range, QueryReader reader) {
    this.tokens = tokens;
    this.range = range;
    this.reader = reader;
    this.places =
        reader.places().stream()
            .sorted(Comparator.comparingInt(place -> place.name().from()))
            .toList();
  }

  Way.Collected plan() throws NotProvableException {
    check();
    Map<String, List<TablePlace>> tables = new LinkedHashMap<>();
    for (TablePlace each : places) {
      tables.computeIfAbsent(name(each), none -> new ArrayList<>()).add(each);
    }
    List<String> sources = new ArrayList<>();
    for (List<TablePlace> each : tables.values()) {
      sources.add(source(each));
    }
    List<String> names = List.copyOf(tables.keySet());
    return new Way.Collected(sources, true, (parameter, types) -> last(names, parameter));
  }

  /** The table, as it is named. */
  private String name(TablePlace place) {
    StringBuilder name = new StringBuilder();
    for (int i = place.name().from(); i < place.name().to(); i++) {
      name.append(
          tokens.is(i, TokenKind.DOT) ? "." : Literals.quoteIdentifier(tokens.identifier(i)));
    }
    return name.toString();
  }

  private void check() throws NotProvableException {
    StatementFacts facts = StatementReader.read(tokens.slice(range.from(), range.to()));
    if (!facts.kind().reads()) {
      throw new NotProvableException("it does more than read");
    }
    for (String call : facts.calls()) {
      if (!ScatterFunctions.known(call, tokens, range)
          && !ScatterFunctions.AGGREGATES.contains(call)
          && !OF_ROWS.contains(call)) {
        throw new NotProvableException(
            "the function " + call + "() is not known to look at its arguments only");
      }
    }
    for (String each : facts.names()) {
      if (ScatterCheck.SERVERS_OWN.contains(each)) {
        throw new NotProvableException("the column " + each + " is each server's own");
      }
    }
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.is(i, TokenKind.WORD)
          && tokens.is(i + 1, TokenKind.LEFT_PAREN)
          && IN_ORDER.contains(tokens.identifier(i))
          && !ordered(i + 2, tokens.partner(i + 1))) {
        throw new NotProvableException(
            "the order in which %s() takes rows of several shards is not said: give it ORDER BY"
                .formatted(tokens.identifier(i)));
      }
    }
    if (places.stream().anyMatch(place -> place.use().table().columns().isEmpty())) {
      throw new NotProvableException("one of its tables is on one shard, and others are not");
    }
    if (places.size() != reader.uses().size()) {
      throw new NotProvableException("it is not known where it names its tables");
    }
  }

  private boolean ordered(int from, int to) {
    for (int i = from; i < to; i = tokens.skip(i)) {
      if (tokens.word(i, "order") || i == from && tokens.word(i, "distinct")) {
        return true;
      }
    }
    return false;
  }

  // ---- on each shard -------------------------------------------------------------------------

  private String source(List<TablePlace> same) {
    TablePlace first = same.getFirst();
    String alias = Literals.quoteIdentifier(first.use().alias());
    String condition = same.size() == 1 ? condition(first) : "";
    return "SELECT %s.*, %s FROM %s AS %s%s"
        .formatted(alias, Collected.SETTINGS, name(first), alias, condition);
  }

  /** What the query says of each row of the table that matters. */
  private String condition(TablePlace place) {
    Level level = place.level();
    TokenRange where = level.where();
    boolean preserved =
        !level.leftJoins() || level.leads() && level.uses().getFirst() == place.use();
    if (where == null || level.otherJoins() || !preserved) {
      return "";
    }
    List<String> conditions = new ArrayList<>();
    for (TokenRange each : new ConditionReader(tokens).conjuncts(where)) {
      if (new OwnCondition(tokens, place).holds(each)) {
        conditions.add("(" + tokens.slice(each.from(), each.to()) + ")");
      }
    }
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  // ---- on one --------------------------------------------------------------------------------

  private String last(List<String> names, int parameter) {
    StringBuilder text = new StringBuilder();
    int at = range.from();
    if (tokens.word(at, "with")) {
      at = tokens.word(at + 1, "recursive") ? at + 2 : at + 1;
      text.append(tokens.slice(range.from(), at)).append(' ').append(tables(names, parameter));
      text.append(", ");
    } else {
      text.append("WITH ").append(tables(names, parameter)).append(' ');
    }
    int copied = tokens.start(at);
    for (TablePlace each : places) {
      text.append(tokens.text(), copied, tokens.start(each.name().from()));
      text.append(table(names.indexOf(name(each))));
      if (!each.aliased() && !tokens.word(each.name().from() - 1, "table")) {
        text.append(" AS ").append(Literals.quoteIdentifier(each.use().alias()));
      }
      copied = tokens.end(each.name().to() - 1);
    }
    return text.append(tokens.text(), copied, tokens.end(range.to() - 1)).toString();
  }

  private static String table(int index) {
    return Collected.TABLE + "_" + (index + 1);
  }

  private static String tables(List<String> names, int parameter) {
    List<String> tables = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      tables.add(
          "%s AS (SELECT * FROM pg_catalog.unnest($%d::%s[]))"
              .formatted(table(i), parameter + i, names.get(i)));
    }
    return String.join(", ", tables);
  }
}
