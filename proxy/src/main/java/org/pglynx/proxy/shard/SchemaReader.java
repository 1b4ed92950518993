package org.pglynx.proxy.shard;

import java.util.Locale;
import java.util.Set;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;

/** Reads statements about the schema, which is the same on all shards. */
final class SchemaReader {
  /** What they begin with. */
  static final Set<String> VERBS =
      Set.of(
          "create",
          "alter",
          "drop",
          "truncate",
          "comment",
          "grant",
          "revoke",
          "analyze",
          "reindex",
          "vacuum");

  /** What they may be about that does not belong to a database, or to no transaction. */
  private static final Set<String> OF_THE_SERVER =
      Set.of("database", "tablespace", "system", "subscription", "role", "user", "group");

  private final SqlTokens tokens;
  private final TokenRange range;

  SchemaReader(SqlTokens tokens, TokenRange range) {
    this.tokens = tokens;
    this.range = range;
  }

  Plan plan() throws NotProvableException {
    if (withoutTransaction()) {
      if (range.from() > 0 || range.to() < tokens.size() - 1) {
        throw new NotProvableException("it must come alone, as it runs in no transaction");
      }
      return new OneByOne(tokens.text());
    }
    for (int i = range.from() + 1; i < Math.min(range.to(), range.from() + 5); i++) {
      String word = tokens.name(i) ? tokens.identifier(i).toLowerCase(Locale.ROOT) : "";
      boolean second = i == range.from() + 1;
      if (second && OF_THE_SERVER.contains(word)) {
        throw new NotProvableException(
            word.toUpperCase(Locale.ROOT)
                + " is run for each shard by itself: choose one after the other with SET SHARD"
                + " TO n");
      }
      if (i < range.from() + 3 && (word.equals("temp") || word.equals("temporary"))) {
        throw new NotProvableException("each shard would have a temporary table of its own");
      }
    }
    if (fills()) {
      throw new NotProvableException(
          "it fills what it creates with rows of one shard (create the table, say how it is sharded,"
              + " and use INSERT ... SELECT)");
    }
    return new Plan.Everywhere(false);
  }

  /** CREATE, DROP and REINDEX CONCURRENTLY, DETACH PARTITION CONCURRENTLY, and VACUUM. */
  private boolean withoutTransaction() {
    for (int i = range.from() + 1; i < range.to(); i = tokens.skip(i)) {
      if (tokens.word(i, "concurrently") && !tokens.word(range.from() + 1, "materialized")) {
        return true;
      }
    }
    return tokens.word(range.from(), "vacuum");
  }

  /** CREATE TABLE AS, and materialized views; a plain view holds no rows. */
  private boolean fills() {
    boolean materialized = tokens.word(range.from() + 1, "materialized");
    boolean table = false;
    for (int i = range.from() + 1; i < range.to(); i = tokens.skip(i)) {
      table |= tokens.word(i, "table");
      if (table && tokens.word(i, "as") && tokens.word(range.from(), "create")) {
        return true;
      }
    }
    return materialized;
  }
}
