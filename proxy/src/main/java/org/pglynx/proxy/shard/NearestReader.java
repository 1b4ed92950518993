package org.pglynx.proxy.shard;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Finds the vector to which a query wants the nearest rows: {@code SELECT … FROM one_table … ORDER
 * BY column <-> vector LIMIT k}, or by {@code pgml.distance_l2(column, vector)}. Only by this
 * distance, as it is the one by which rows are placed.
 */
final class NearestReader {
  /** With these, rows that are far away count, too. */
  private static final Set<SelectShape.Clause> NOT_PLAIN =
      Set.of(
          SelectShape.Clause.GROUP,
          SelectShape.Clause.HAVING,
          SelectShape.Clause.WINDOW,
          SelectShape.Clause.SET_OPERATION);

  private final SqlTokens tokens;
  private final Level level;
  private final TableUse use;

  private NearestReader(SqlTokens tokens, Level level, TableUse use) {
    this.tokens = tokens;
    this.level = level;
    this.use = use;
  }

  /**
   * The vector and the limit; null if it is another query, or the table's rows are looked for on
   * all shards.
   */
  static @Nullable Nearby of(SqlTokens tokens, TokenRange range, QueryReader reader) {
    Level level = reader.top();
    if (level == null || reader.uses().size() != 1 || !tokens.word(range.from(), "select")) {
      return null;
    }
    TableUse use = reader.uses().getFirst();
    boolean probes =
        use.table().function() instanceof ShardFunction.Nearest places && places.probes() > 0;
    SelectShape shape = probes ? SelectShape.of(tokens, range) : null;
    TokenRange order = shape == null ? null : shape.clause(SelectShape.Clause.ORDER);
    return order == null || shape == null || !plain(tokens, range, shape)
        ? null
        : new NearestReader(tokens, level, use).ordered(order, range.to());
  }

  /** Whether each row of its answer is one of the table's, and says nothing of the others. */
  private static boolean plain(SqlTokens tokens, TokenRange range, SelectShape shape) {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.word(i, "over")) {
        return false;
      }
    }
    return !shape.distinct() && NOT_PLAIN.stream().noneMatch(shape::has);
  }

  /**
   * The number of rows at the end of the query: null if there is none, as with ALL or NULL, or if
   * it is computed; the parameter's index, or {@link Nearby#CONSTANT}.
   */
  private @Nullable Integer limit(int from, int to) {
    for (int i = from; i < to; i = tokens.skip(i)) {
      boolean fetch = tokens.word(i, "fetch");
      if (fetch || tokens.word(i, "limit")) {
        int count = fetch ? i + 2 : i + 1;
        if (fetch && (tokens.word(count, "row") || tokens.word(count, "rows"))) {
          return Nearby.CONSTANT;
        }
        boolean whole = !tokens.is(count + 1, TokenKind.OPERATOR);
        if (whole && tokens.is(count, TokenKind.NUMBER)) {
          return Nearby.CONSTANT;
        }
        boolean parameter =
            whole && tokens.is(count, TokenKind.PARAMETER) && tokens.slice(count).length() < 7;
        return parameter ? Integer.parseInt(tokens.slice(count).substring(1)) - 1 : null;
      }
    }
    return null;
  }

  private @Nullable Nearby ordered(TokenRange order, int end) {
    KeyTerm vector = vector(order);
    Integer limit = limit(order.to(), end);
    return vector == null || limit == null ? null : new Nearby(vector, limit);
  }

  /** Of ORDER BY the first term. */
  private @Nullable KeyTerm vector(TokenRange order) {
    int from = order.from();
    while (tokens.word(from, "order") || tokens.word(from, "by")) {
      from++;
    }
    TokenRange first = tokens.commaSeparated(from, order.to()).getFirst();
    int to = tokens.word(first.to() - 1, "asc") ? first.to() - 1 : first.to();
    int open =
        to - 1 > from && tokens.is(to - 1, TokenKind.RIGHT_PAREN) ? tokens.partner(to - 1) : -1;
    if (open > from && tokens.word(open - 1, "distance_l2")) {
      var both = tokens.commaSeparated(open + 1, to - 1);
      boolean named = open - 3 == from && ScatterFunctions.ofSchemaPgml(tokens, open - 1);
      return named && both.size() == 2 ? distance(both.getFirst(), both.getLast()) : null;
    }
    for (int i = from; i < to; i = tokens.skip(i)) {
      if (tokens.operator(i, "<->")) {
        return distance(new TokenRange(from, i), new TokenRange(i + 1, to));
      }
    }
    return null;
  }

  private @Nullable KeyTerm distance(TokenRange one, TokenRange other) {
    return key(one) ? term(other) : key(other) ? term(one) : null;
  }

  private boolean key(TokenRange range) {
    Level.KeyColumn column = new ConditionReader(tokens).column(range, level);
    return column != null && column.use() == use;
  }

  private @Nullable KeyTerm term(TokenRange range) {
    return new TermReader(tokens).term(range, use.table().types().getFirst());
  }
}
