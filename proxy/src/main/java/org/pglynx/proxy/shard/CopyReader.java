package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Reads COPY, of a table or a query, from and to the client. */
final class CopyReader {
  private final SqlTokens tokens;
  private final TokenRange range;
  private final TableRules rules;
  private final QueryReader reader;
  private final CopyOptions options;

  CopyReader(SqlTokens tokens, TableRules rules, TokenRange range, QueryReader reader) {
    this.tokens = tokens;
    this.rules = rules;
    this.range = range;
    this.reader = reader;
    this.options = new CopyOptions(tokens);
  }

  /** The plan of a COPY. */
  Plan plan() throws NotProvableException {
    int at = range.from() + 1;
    if (tokens.is(at, TokenKind.LEFT_PAREN)) {
      return query(at);
    }
    if (tokens.word(at, "binary") && tokens.name(at + 1) && !direction(at + 1)) {
      options.binary();
      at++;
    }
    int name = at;
    while (tokens.is(at + 1, TokenKind.DOT) && tokens.name(at + 2)) {
      at += 2;
    }
    if (!tokens.name(at)) {
      throw reader.unclear(name, range.to());
    }
    TokenRange named = new TokenRange(name, at + 1);
    String schema = at > name ? tokens.identifier(at - 2) : "";
    TableRules.Kind kind = reader.kind(schema, tokens.identifier(at));
    at++;
    List<String> columns = null;
    if (tokens.is(at, TokenKind.LEFT_PAREN)) {
      columns = columns(at);
      at = tokens.partner(at) + 1;
    }
    if (tokens.word(at, "to")) {
      return to(at, kind);
    }
    return from(at, named, kind, columns);
  }

  private boolean direction(int at) {
    return tokens.word(at, "from") || tokens.word(at, "to");
  }

  private List<String> columns(int open) {
    List<String> names = new ArrayList<>();
    for (TokenRange each : tokens.commaSeparated(open + 1, tokens.partner(open))) {
      names.add(tokens.name(each.from()) ? tokens.identifier(each.from()) : "");
    }
    return names;
  }

  /** Reads the side of the server, and the options. */
  private CopyLayout layout(int at, String own) throws NotProvableException {
    if (!tokens.word(at + 1, own)) {
      throw new NotProvableException("COPY of a file or a program is one server's own");
    }
    int end = options.read(at + 2, range.to());
    if (end < range.to() && !tokens.word(end, "where")) {
      throw reader.unclear(end, range.to());
    }
    reader.nested(new TokenRange(end, range.to()), null, Set.of());
    return options.layout();
  }

  // ---- from the client -----------------------------------------------------------------------

  private Plan from(int at, TokenRange named, TableRules.Kind kind, @Nullable List<String> columns)
      throws NotProvableException {
    if (!tokens.word(at, "from")) {
      throw reader.unclear(at, range.to());
    }
    CopyLayout layout = layout(at, "stdin");
    if (!(kind instanceof TableRules.Kind.Sharded sharded)) {
      return new Plan.Everywhere(false);
    }
    ShardedTable table = sharded.table();
    if (table.columns().isEmpty()) {
      return new Plan.Keyed(
          tokens, List.of(TableUse.of(table, table.name())), true, WriteReader.ONE);
    }
    for (String forced : options.forced()) {
      if (forced.equals("*") || table.columns().contains(forced)) {
        throw new NotProvableException("FORCE NULL and FORCE NOT NULL of the key are not served");
      }
    }
    CopyText text =
        new CopyText(
            tokens.text(),
            tokens.slice(named.from(), named.to()),
            tokens.end(named.to() - 1),
            columns == null ? null : List.copyOf(columns));
    if (columns != null && !columns.containsAll(table.columns())) {
      throw new NotProvableException("the key of the table is not among the columns of COPY");
    }
    return new CopyFrom(table, layout, options.encoding(), text, rules.mergeMemory());
  }

  // ---- to the client -------------------------------------------------------------------------

  private Plan to(int at, TableRules.Kind kind) throws NotProvableException {
    CopyLayout layout = layout(at, "stdout");
    if (!(kind instanceof TableRules.Kind.Sharded sharded)) {
      return Plan.ANYWHERE;
    }
    ShardedTable table = sharded.table();
    Plan.Keyed rows =
        new Plan.Keyed(
            tokens,
            List.of(TableUse.of(table, table.name())),
            false,
            Togetherness.of(new Together(null, "")));
    return new CopyTo(rows, layout, "");
  }

  private Plan query(int open) throws NotProvableException {
    int close = tokens.partner(open);
    TokenRange inner = new TokenRange(open + 1, close);
    if (!reader.query(inner.from())) {
      throw new NotProvableException("COPY of what is no query");
    }
    reader.read(inner, null, Set.of());
    Plan rows = StatementPlanner.reads(tokens, rules, reader, inner, true);
    CopyLayout layout = layout(close + 1, "stdout");
    String words = parameters() ? "" : tokens.slice(close + 1, range.to());
    return rows instanceof Plan.Keyed keyed ? new CopyTo(keyed, layout, words) : rows;
  }

  /** COPY takes none, and the server says so. */
  private boolean parameters() {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.is(i, TokenKind.PARAMETER)) {
        return true;
      }
    }
    return false;
  }
}
