package org.pglynx.proxy.sql;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What a statement is, by its leading key word. */
public enum StatementKind {
  /** No token at all. */
  EMPTY,
  /** SELECT, also in parentheses. */
  SELECT,
  /** WITH: a query or a change, told by what follows the common tables. */
  WITH,
  /** VALUES. */
  VALUES,
  /** TABLE. */
  TABLE,
  /** INSERT. */
  INSERT,
  /** UPDATE. */
  UPDATE,
  /** DELETE. */
  DELETE,
  /** MERGE. */
  MERGE,
  /** COPY. */
  COPY,
  /** EXPLAIN. */
  EXPLAIN,
  /** PREPARE. */
  PREPARE,
  /** EXECUTE. */
  EXECUTE,
  /** DECLARE. */
  DECLARE,
  /** CREATE. */
  CREATE,
  /** ALTER. */
  ALTER,
  /** DROP. */
  DROP,
  /** GRANT. */
  GRANT,
  /** REVOKE. */
  REVOKE,
  /** COMMENT. */
  COMMENT,
  /** BEGIN, START. */
  BEGIN,
  /** COMMIT, END. */
  COMMIT,
  /** ROLLBACK, ABORT. */
  ROLLBACK,
  /** SAVEPOINT. */
  SAVEPOINT,
  /** RELEASE. */
  RELEASE,
  /** SET. */
  SET,
  /** RESET. */
  RESET,
  /** SHOW. */
  SHOW,
  /** DISCARD. */
  DISCARD,
  /** DEALLOCATE. */
  DEALLOCATE,
  /** CALL. */
  CALL,
  /** DO. */
  DO,
  /** Any other word, or something that is no word. */
  OTHER;

  private static final Map<String, StatementKind> BY_WORD = byWord();

  private static Map<String, StatementKind> byWord() {
    Map<String, StatementKind> map = new HashMap<>();
    for (StatementKind kind : values()) {
      map.put(kind.name().toLowerCase(Locale.ROOT), kind);
    }
    map.remove("empty");
    map.remove("other");
    map.put("start", BEGIN);
    map.put("end", COMMIT);
    map.put("abort", ROLLBACK);
    return Map.copyOf(map);
  }

  /** The kind of the statement that the tokens make. */
  public static StatementKind of(SqlTokens tokens, TokenRange statement) {
    int first = statement.from();
    while (first < statement.to() && tokens.is(first, TokenKind.LEFT_PAREN)) {
      first++;
    }
    if (first >= statement.to()) {
      return EMPTY;
    }
    if (!tokens.is(first, TokenKind.WORD)) {
      return OTHER;
    }
    return BY_WORD.getOrDefault(tokens.identifier(first), OTHER);
  }
}
