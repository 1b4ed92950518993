package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.shard.Level.KeyColumn;
import org.pglynx.proxy.sql.SelectItem;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Reads INSERT … SELECT: rows that are made of rows of a shard, with the key that these have, are
 * stored on that shard, so that each shard may run the statement for itself.
 */
final class InsertQuery {
  private final SqlTokens tokens;
  private final QueryReader reader;
  private final ShardedTable table;
  private final Set<String> commonTables;

  InsertQuery(SqlTokens tokens, QueryReader reader, ShardedTable table, Set<String> commonTables) {
    this.commonTables = commonTables;
    this.tokens = tokens;
    this.reader = reader;
    this.table = table;
  }

  /**
   * The plan.
   *
   * @param statement all of it
   * @param query the query in it
   * @param places where the columns of the key stand among its columns
   */
  Plan plan(TokenRange statement, TokenRange query, int[] places) throws NotProvableException {
    reader.read(query, null, commonTables);
    SelectShape shape = SelectShape.of(tokens, query);
    if (shape == null || !tokens.word(query.from(), "select")) {
      throw new NotProvableException("INSERT is served with VALUES or one plain SELECT");
    }
    TableUse target = TableUse.of(table, table.name());
    boolean follows = places.length > 0;
    boolean terms = false;
    for (int i = 0; i < places.length; i++) {
      TokenRange item = item(shape, places[i]);
      KeyTerm term = new TermReader(tokens).term(item, table.types().get(i));
      KeyColumn column = term == null ? column(item) : null;
      if (term != null) {
        target.key()[i].among(List.of(term));
        terms = true;
        follows = false;
      } else if (column != null && column.index() == i && column.use().table().colocated(table)) {
        target.key()[i].follows(column.node());
      } else {
        throw new NotProvableException(
            "the key column \"%s\" is given neither a literal nor the same column of another key"
                .formatted(table.columns().get(i)));
      }
    }
    List<TableUse> uses = new ArrayList<>(reader.uses());
    uses.add(target);
    return new Plan.Keyed(
        tokens, uses, terms, Togetherness.of(together(statement, query, follows)));
  }

  private Together together(TokenRange statement, TokenRange query, boolean follows) {
    Level level = reader.top();
    if (!follows || level == null) {
      return Together.not("its rows come from other shards than they go to");
    }
    Together rows = new WaysPlanner(tokens, query, reader, true, reader.mergeMemory()).plan();
    GatherPlan ways = rows.gather();
    if (ways == null || !ways.concatenates()) {
      return Together.not("its rows are made of those of several shards");
    }
    return new WriteCheck(tokens, statement, query.from(), reader).ofSharded(level);
  }

  private TokenRange item(SelectShape shape, int place) throws NotProvableException {
    List<SelectItem> items = shape.items();
    if (place >= items.size() || items.stream().anyMatch(SelectItem::star)) {
      throw new NotProvableException("the columns of its query are not listed");
    }
    return items.get(place).expression();
  }

  private @Nullable KeyColumn column(TokenRange item) {
    Level level = reader.top();
    int from = item.from();
    if (level == null) {
      return null;
    }
    if (item.size() == 1 && tokens.name(from)) {
      return level.column(tokens.identifier(from));
    }
    boolean qualified =
        item.size() == 3
            && tokens.name(from)
            && tokens.is(from + 1, TokenKind.DOT)
            && tokens.name(from + 2);
    return qualified ? level.column(tokens.identifier(from), tokens.identifier(from + 2)) : null;
  }
}
