package org.pglynx.proxy.shard;

import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;

/**
 * LIMIT and OFFSET at the end of a query.
 *
 * @param limit its expression; empty for none
 * @param offset its expression; empty for none
 */
record LimitClause(String limit, String offset) {
  /** All rows. */
  static final LimitClause NONE = new LimitClause("", "");

  /** The clause whose first word is the first token of the range. */
  static LimitClause of(SqlTokens tokens, TokenRange range) throws NotProvableException {
    String limit = "";
    String offset = "";
    int at = range.from();
    while (at < range.to()) {
      int word = at;
      at++;
      while (at < range.to() && !tokens.word(at, "limit") && !tokens.word(at, "offset")) {
        if (tokens.word(at, "fetch")) {
          throw new NotProvableException("FETCH over several shards is not served");
        }
        at = tokens.skip(at);
      }
      int end = tokens.word(at - 1, "rows") || tokens.word(at - 1, "row") ? at - 1 : at;
      String expression = tokens.slice(word + 1, end);
      if (tokens.word(word, "limit")) {
        limit = tokens.word(word + 1, "all") ? "" : expression;
      } else if (tokens.word(word, "offset")) {
        offset = expression;
      } else {
        throw new NotProvableException("FETCH over several shards is not served");
      }
    }
    return new LimitClause(limit, offset);
  }

  /** How many rows each shard must give at most, as a clause; empty for all. */
  String ofEach() {
    if (limit.isEmpty()) {
      return "";
    }
    return offset.isEmpty()
        ? " LIMIT " + limit
        : " LIMIT least((%s)::numeric + coalesce((%s)::numeric, 0), 9223372036854775807)::bigint"
            .formatted(limit, offset);
  }

  /** The clause itself. */
  String ofAll() {
    return (limit.isEmpty() ? "" : " LIMIT " + limit)
        + (offset.isEmpty() ? "" : " OFFSET " + offset);
  }
}
