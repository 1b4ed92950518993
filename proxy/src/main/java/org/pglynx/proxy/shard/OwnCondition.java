package org.pglynx.proxy.shard;

import java.util.Set;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Tells conditions that say something of one row of a table, whatever else the query reads. */
final class OwnCondition {
  private static final Set<String> WORDS =
      Set.of(
          """
          and or not is null true false in between like ilike similar to distinct from case when
          then else end symmetric escape isnull notnull unknown any all interval date timestamp
          time array cast as integer int bigint smallint numeric text varchar boolean double
          precision real
          """
              .trim()
              .split("\\s+"));

  private static final Set<String> CALLED =
      Set.of(
          "in",
          "and",
          "or",
          "not",
          "any",
          "all",
          "between",
          "when",
          "then",
          "else",
          "case",
          "coalesce",
          "nullif",
          "greatest",
          "least",
          "cast",
          "like",
          "array",
          "numeric",
          "varchar");

  private final SqlTokens tokens;
  private final TablePlace place;

  OwnCondition(SqlTokens tokens, TablePlace place) {
    this.tokens = tokens;
    this.place = place;
  }

  boolean holds(TokenRange range) {
    int at = range.from();
    while (at < range.to()) {
      int next = word(at, range.to());
      if (next < 0) {
        return false;
      }
      at = next;
    }
    return true;
  }

  /** Where it goes on behind a word that is known; negative if it is not. */
  private int word(int at, int to) {
    if (!tokens.name(at)) {
      return at + 1;
    }
    if (tokens.is(at - 1, TokenKind.CAST)) {
      return at + 1;
    }
    String word = tokens.identifier(at);
    boolean plain = tokens.is(at, TokenKind.WORD);
    if (tokens.is(at + 1, TokenKind.DOT)) {
      boolean own = word.equals(place.use().alias()) && tokens.name(at + 2) && at + 2 < to;
      boolean longer = tokens.is(at + 3, TokenKind.DOT) || tokens.is(at + 3, TokenKind.LEFT_PAREN);
      return own && !longer ? at + 3 : -1;
    }
    if (tokens.is(at + 1, TokenKind.LEFT_PAREN) && at + 1 < to) {
      boolean known =
          plain
              && (CALLED.contains(word) || ScatterFunctions.KNOWN.contains(word))
              && !tokens.word(at + 2, "select")
              && !tokens.word(at + 2, "with");
      return known ? at + 1 : -1;
    }
    if (plain && WORDS.contains(word)) {
      return at + 1;
    }
    // A name alone is one of the table's columns only if there is no other table.
    return !tokens.word(at, "select")
            && place.level().outermost()
            && place.level().isOnly(place.use())
        ? at + 1
        : -1;
  }
}
