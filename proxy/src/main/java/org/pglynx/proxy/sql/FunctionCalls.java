package org.pglynx.proxy.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pglynx.proxy.sql.FunctionCall.CallArgument;

/**
 * Finds calls {@code schema.function(…)} outside of strings, comments and dollar quotes. A relation
 * of the schema followed by a column list ({@code INSERT INTO pgml.t (a)}) is no call.
 */
public final class FunctionCalls {
  /** Words before a name that is a relation or an object's signature in every statement. */
  private static final Set<String> NO_CALL_AFTER =
      Set.of(
          "into",
          "table",
          "exists",
          "references",
          "view",
          "copy",
          "function",
          "procedure",
          "routine",
          "aggregate",
          "type",
          "analyze",
          "vacuum",
          "only",
          "domain");

  private final SqlTokens tokens;
  private final String schema;
  private final boolean query;

  private FunctionCalls(SqlTokens tokens, String schema, StatementKind kind) {
    this.tokens = tokens;
    this.schema = schema;
    this.query =
        switch (kind) {
          case SELECT, WITH, VALUES, TABLE, INSERT, UPDATE, DELETE, MERGE -> true;
          case EMPTY, COPY, EXPLAIN, PREPARE, EXECUTE, DECLARE, CREATE, ALTER, DROP, GRANT -> false;
          case REVOKE, COMMENT, BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, SET, RESET -> false;
          case SHOW, DISCARD, DEALLOCATE, CALL, DO, OTHER -> false;
        };
  }

  /**
   * The calls of the statement in the order of their names, also those inside other calls.
   *
   * @param schema the schema's name in lower case
   */
  public static List<FunctionCall> find(SqlTokens tokens, TokenRange statement, String schema) {
    return new FunctionCalls(tokens, schema, StatementKind.of(tokens, statement)).find(statement);
  }

  private List<FunctionCall> find(TokenRange statement) {
    List<FunctionCall> calls = new ArrayList<>();
    boolean selectSeen = query;
    for (int i = statement.from(); i < statement.to(); i++) {
      selectSeen |= tokens.word(i, "select") || tokens.word(i, "values");
      if (isCall(i, statement.from(), selectSeen)) {
        calls.add(call(i));
      }
    }
    return calls;
  }

  private boolean isCall(int i, int first, boolean selectSeen) {
    return tokens.names(i, schema)
        && tokens.is(i + 1, TokenKind.DOT)
        && tokens.name(i + 2)
        && tokens.is(i + 3, TokenKind.LEFT_PAREN)
        && !(i > first && forbidsCall(i - 1, selectSeen));
  }

  private boolean forbidsCall(int before, boolean selectSeen) {
    if (tokens.is(before, TokenKind.DOT)) {
      return true;
    }
    if (!tokens.is(before, TokenKind.WORD)) {
      return false;
    }
    String word = tokens.identifier(before);
    // CREATE INDEX ON t (c) and GRANT ON t against JOIN … ON f(x).
    return NO_CALL_AFTER.contains(word) || (word.equals("on") && !selectSeen);
  }

  private FunctionCall call(int i) {
    int close = tokens.partner(i + 3);
    List<CallArgument> arguments = new ArrayList<>();
    for (TokenRange part : tokens.commaSeparated(i + 4, close)) {
      boolean named = tokens.name(part.from()) && tokens.is(part.from() + 1, TokenKind.ARROW);
      arguments.add(
          named
              ? new CallArgument(
                  tokens.identifier(part.from()), new TokenRange(part.from() + 2, part.to()))
              : new CallArgument("", part));
    }
    return new FunctionCall(
        tokens.identifier(i + 2), new TokenRange(i, close + 1), List.copyOf(arguments));
  }
}
