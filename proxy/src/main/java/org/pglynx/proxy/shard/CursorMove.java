package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * What FETCH, MOVE or CLOSE says.
 *
 * @param verb which of them, in upper case
 * @param name of the cursor
 * @param rows how many rows it goes forward: {@link #ALL}, or {@link #BACK} if it goes elsewhere
 */
record CursorMove(String verb, String name, long rows) {
  /** To the end. */
  static final long ALL = Long.MAX_VALUE;

  /** Not forward, or by no row at all. */
  static final long BACK = -1;

  boolean fetches() {
    return verb.equals("FETCH");
  }

  boolean closes() {
    return verb.equals("CLOSE");
  }

  /** What the range says; null if it names no cursor, or says something that is not known. */
  static @Nullable CursorMove of(SqlTokens tokens, TokenRange range) {
    int from = range.from();
    int last = range.to() - 1;
    if (range.size() < 2 || !tokens.name(last)) {
      return null;
    }
    String name = tokens.identifier(last);
    if (tokens.word(from, "close")) {
      boolean all = range.size() != 2 || tokens.word(last, "all");
      return all ? null : new CursorMove("CLOSE", name, 0);
    }
    boolean preposition = tokens.word(last - 1, "from") || tokens.word(last - 1, "in");
    TokenRange direction = new TokenRange(from + 1, preposition ? last - 1 : last);
    return new CursorMove(
        tokens.word(from, "fetch") ? "FETCH" : "MOVE", name, rows(tokens, direction));
  }

  private static long rows(SqlTokens tokens, TokenRange direction) {
    int at = direction.from();
    if (direction.isEmpty()) {
      return 1;
    }
    boolean forward = tokens.word(at, "forward");
    if (forward && direction.size() == 1 || tokens.word(at, "next")) {
      return 1;
    }
    int count = forward ? at + 1 : at;
    if (count != direction.to() - 1) {
      return BACK;
    }
    if (tokens.word(count, "all")) {
      return ALL;
    }
    return tokens.is(count, TokenKind.NUMBER) && tokens.slice(count).matches("[1-9]\\d{0,17}")
        ? Long.parseLong(tokens.slice(count))
        : BACK;
  }
}
