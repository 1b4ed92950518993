package org.pglynx.proxy.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.FunctionCalls;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.StatementKind;
import org.pglynx.proxy.sql.Statements;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Decides what becomes of a text that mentions pgml. In this order: no call, or only of functions
 * that are in the database, nothing to do; a call of what is not served, refused; the whole
 * statement is one call, answered; only constants and parameters, answered; predictions as items of
 * the select list, rewritten; anywhere else, refused with the place.
 */
final class StatementPlanner {
  private final CallPlanner calls;
  private final RewritePlanner rewrites;

  StatementPlanner(CallPlanner calls, RewritePlanner rewrites) {
    this.calls = calls;
    this.rewrites = rewrites;
  }

  /** The decision about the text of one message. */
  Decision plan(String sql, int[] declaredTypes) {
    SqlTokens tokens = SqlTokens.of(sql);
    if (tokens.broken()) {
      // The server says best what is wrong with it.
      return Decision.PASS;
    }
    try {
      List<TokenRange> statements = Statements.split(tokens);
      return statements.size() == 1
          ? statement(tokens, statements.get(0), declaredTypes)
          : several(tokens, statements);
    } catch (PgErrorException e) {
      return new Decision.Refuse(e.error());
    }
  }

  private static Decision several(SqlTokens tokens, List<TokenRange> statements)
      throws PgErrorException {
    for (TokenRange statement : statements) {
      List<FunctionCall> found = calls(tokens, statement);
      if (!found.isEmpty()) {
        throw Refusals.severalStatements(found.get(0).function()).toException();
      }
      if (ExtensionStatement.of(tokens, statement) != null) {
        throw Refusals.extensionAmongOthers().toException();
      }
    }
    return Decision.PASS;
  }

  private Decision statement(SqlTokens tokens, TokenRange statement, int[] declaredTypes)
      throws PgErrorException {
    List<FunctionCall> found = calls(tokens, statement);
    if (found.isEmpty()) {
      ExtensionStatement extension = ExtensionStatement.of(tokens, statement);
      return extension == null ? Decision.PASS : calls.extension(extension);
    }
    for (FunctionCall call : found) {
      checkServed(call);
    }
    SelectShape shape = SelectShape.of(tokens, statement);
    if (shape == null) {
      throw Refusals.place(found.get(0), place(StatementKind.of(tokens, statement))).toException();
    }
    Decision alone = calls.alone(tokens, statement, shape, found, declaredTypes);
    return alone != null ? alone : rewrites.plan(tokens, statement, shape, found, declaredTypes);
  }

  /**
   * The calls that concern the proxy. All others in schema pgml are the server's, which has
   * functions of vectors and metrics there, and maybe the user's own; or it says best that it has
   * none of the name.
   */
  private static List<FunctionCall> calls(SqlTokens tokens, TokenRange statement) {
    return FunctionCalls.find(tokens, statement, "pgml").stream()
        .filter(call ->
            PgmlFunction.named(call.function()) != null || PgmlFunction.known(call.function()))
        .toList();
  }

  private static void checkServed(FunctionCall call) throws PgErrorException {
    if (PgmlFunction.known(call.function())) {
      throw Refusals.notServed(call.function()).toException();
    }
  }

  private static String place(StatementKind kind) {
    return switch (kind) {
      case INSERT -> "INSERT … SELECT";
      case UPDATE, DELETE, MERGE, COPY, EXPLAIN, PREPARE, EXECUTE, VALUES, CALL -> kind.name();
      case DECLARE -> "a cursor (DECLARE)";
      case CREATE -> "CREATE TABLE AS or a view (CREATE)";
      case SELECT -> "a SELECT in parentheses or without a select list";
      case WITH -> "a WITH statement that changes data";
      case EMPTY, TABLE, ALTER, DROP, GRANT, REVOKE, COMMENT, BEGIN, COMMIT, ROLLBACK, SAVEPOINT ->
          "this kind of statement (" + kind + ")";
      case RELEASE, SET, RESET, SHOW, DISCARD, DEALLOCATE, DO, OTHER ->
          "this kind of statement (" + kind + ")";
    };
  }

  /** Decides about statements that the proxy answers itself. */
  interface CallPlanner {
    /** CREATE EXTENSION and DROP EXTENSION. */
    Decision extension(ExtensionStatement statement);

    /** A statement that is nothing but calls; null if it is something else. */
    @Nullable Decision alone(
        SqlTokens tokens,
        TokenRange statement,
        SelectShape shape,
        List<FunctionCall> found,
        int[] declaredTypes)
        throws PgErrorException;
  }
}
