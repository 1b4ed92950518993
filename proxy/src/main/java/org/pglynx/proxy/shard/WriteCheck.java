package org.pglynx.proxy.shard;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Whether a statement that writes may run on several shards at once. */
final class WriteCheck {
  /** Columns that each server fills in its own way. */
  private static final Set<String> SERVERS_OWN =
      Set.of("tableoid", "ctid", "xmin", "xmax", "cmin", "cmax");

  /** What says something else on each server. */
  private static final Set<String> OF_ITS_TIME =
      Set.of(
          "now",
          "statement_timestamp",
          "transaction_timestamp",
          "current_timestamp",
          "current_time",
          "current_date",
          "localtime",
          "localtimestamp",
          "age");

  /** Words of the grammar that stand before brackets, and types. */
  private static final Set<String> NO_FUNCTIONS =
      Set.of(
          """
          values in and or not exists any all some where set when then else case select from on
          using as cast row array coalesce nullif greatest least extract substring position overlay
          trim is between like ilike returning conflict by having group do update nothing
          numeric decimal varchar char character bit float interval timestamp timestamptz time
          """
              .trim()
              .split("\\s+"));

  private static final List<String> CUTTING = List.of("limit", "offset", "fetch", "over", "with");

  private final SqlTokens tokens;
  private final TokenRange range;
  private final int content;
  private final QueryReader reader;

  /**
   * Of a statement.
   *
   * @param content where it goes on behind the name of its table
   */
  WriteCheck(SqlTokens tokens, TokenRange range, int content, QueryReader reader) {
    this.tokens = tokens;
    this.range = range;
    this.content = content;
    this.reader = reader;
  }

  /** Whether each shard may change those of its rows that the statement means. */
  Together ofSharded(Level level) {
    String obstacle = calls(Set.of());
    if (obstacle == null) {
      obstacle = tables(level);
    }
    return new Together(null, obstacle == null ? "" : obstacle, true, returning());
  }

  /** Why the shards would not all make the same of their rows, which are the same; or null. */
  @Nullable String ofReference() {
    if (!reader.uses().isEmpty()) {
      return "it reads rows that only one shard has";
    }
    return calls(OF_ITS_TIME);
  }

  /** Whether it gives rows. */
  boolean returning() {
    return word("returning");
  }

  private @Nullable String calls(Set<String> but) {
    for (int i = content; i < range.to(); i++) {
      String name = tokens.name(i) ? tokens.identifier(i) : "";
      if (tokens.is(i + 1, TokenKind.LEFT_PAREN) && !name.isEmpty() && unknown(i, name, but)) {
        return "the function " + name + "() is not known to look at one row only";
      }
      if (SERVERS_OWN.contains(name)) {
        return "the column " + name + " is each server's own";
      }
    }
    for (String word : but) {
      if (word(word)) {
        return word + " is another one on each shard";
      }
    }
    for (String word : CUTTING) {
      if (word(word)) {
        return word.toUpperCase(Locale.ROOT) + " in it is not served on several shards";
      }
    }
    return null;
  }

  /** Whether what stands before a bracket may be a function that is not known. */
  private boolean unknown(int token, String name, Set<String> but) {
    if (tokens.is(token - 1, TokenKind.DOT)) {
      // Another one for each row, which rows that are the same on all shards must not have.
      return !but.isEmpty() || !ScatterFunctions.uniqueId(tokens, token);
    }
    boolean word = tokens.is(token, TokenKind.WORD) && NO_FUNCTIONS.contains(name);
    return !word && (!ScatterFunctions.KNOWN.contains(name) || but.contains(name));
  }

  private boolean word(String lower) {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.word(i, lower)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable String tables(Level level) {
    if (reader.catalogs()) {
      return "it reads a catalog, of which each shard has one";
    }
    if (level.otherJoins() || level.isDerived() || level.leftJoins()) {
      return "joins like these over several shards are not served yet";
    }
    List<TableUse> uses = level.uses();
    if (reader.uses().size() > uses.size()) {
      return "queries inside it read sharded tables";
    }
    for (int i = 1; i < uses.size(); i++) {
      TableUse use = uses.get(i);
      if (uses.subList(0, i).stream().noneMatch(use::joins)) {
        return "\"" + use.alias() + "\" is not joined by its key";
      }
    }
    return null;
  }
}
