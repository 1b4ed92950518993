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
 * the select list, rewritten; predictions anywhere else, left to the functions that each deployment
 * writes into the database; rows that only the proxy can make, given to the server; what else only
 * the proxy can do, refused with the place.
 */
final class StatementPlanner {
  private final CallPlanner calls;
  private final @Nullable RewritePlanner rewrites;
  private final @Nullable GivenPlanner givens;

  /**
   * A planner.
   *
   * @param rewrites null where rows do not come through the proxy one after the other, as of
   *     several shards: then the functions of the database are called
   * @param givens null there, too: then calls that only the proxy can serve stand alone
   */
  StatementPlanner(
      CallPlanner calls, @Nullable RewritePlanner rewrites, @Nullable GivenPlanner givens) {
    this.calls = calls;
    this.rewrites = rewrites;
    this.givens = givens;
  }

  /**
   * What is decided about a text.
   *
   * @param decision the decision
   * @param forwarded the projects whose models the server is asked for, one for each call; empty
   *     where a name is not known from the text
   */
  record Planned(Decision decision, List<String> forwarded) {}

  /** The decision about the text of one message, and whom the server will serve. */
  Planned planned(String sql, int[] declaredTypes) {
    SqlTokens tokens = SqlTokens.of(sql);
    Decision decision = plan(tokens, declaredTypes);
    return new Planned(decision, decision instanceof Decision.Pass ? projects(tokens) : List.of());
  }

  private static List<String> projects(SqlTokens tokens) {
    if (tokens.broken()) {
      return List.of();
    }
    return Statements.split(tokens).stream()
        .flatMap(statement -> calls(tokens, statement).stream())
        .map(call -> project(tokens, call))
        .toList();
  }

  private static String project(SqlTokens tokens, FunctionCall call) {
    if (call.arguments().isEmpty()) {
      return "";
    }
    Argument first = new ArgumentReader(tokens).read(call.arguments().get(0).value());
    return first instanceof Argument.Literal literal && literal.text() != null
        ? literal.text()
        : "";
  }

  /** The decision about the text of one message. */
  Decision plan(String sql, int[] declaredTypes) {
    return plan(SqlTokens.of(sql), declaredTypes);
  }

  private Decision plan(SqlTokens tokens, int[] declaredTypes) {
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
      for (FunctionCall call : calls(tokens, statement)) {
        checkServed(call);
        if (!inDatabase(call)) {
          throw Refusals.severalStatements(call.function()).toException();
        }
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
    ExplainCommand explain = ExplainCommand.of(tokens, statement);
    Decision decision =
        decide(tokens, explain == null ? statement : explain.statement(), found, declaredTypes);
    if (explain != null
        && decision instanceof Decision.Rewrite rewrite
        && rewrite.rows() instanceof GivenRewrite) {
      throw Refusals.place(found.get(0), "EXPLAIN").toException();
    }
    return explain == null ? decision : explain.of(decision, tokens, found);
  }

  private Decision decide(
      SqlTokens tokens, TokenRange statement, List<FunctionCall> found, int[] declaredTypes)
      throws PgErrorException {
    Decision own = own(tokens, statement, found, declaredTypes);
    return own != null ? own : servers(tokens, statement, found, declaredTypes);
  }

  private @Nullable Decision own(
      SqlTokens tokens, TokenRange statement, List<FunctionCall> found, int[] declaredTypes)
      throws PgErrorException {
    CopyStatement copy = CopyStatement.of(tokens, statement);
    RewritePlanner rewriting = rewrites;
    if (copy != null) {
      return rewriting == null ? null : rewriting.copy(tokens, copy, found);
    }
    SelectShape shape = SelectShape.of(tokens, statement);
    if (shape == null) {
      return null;
    }
    Decision alone = calls.alone(tokens, statement, shape, found, declaredTypes);
    return alone != null || rewriting == null
        ? alone
        : rewriting.select(tokens, statement, shape, found, declaredTypes);
  }

  /** The proxy can do nothing about the statement: the database's functions are called. */
  private Decision servers(
      SqlTokens tokens, TokenRange statement, List<FunctionCall> found, int[] declaredTypes)
      throws PgErrorException {
    for (FunctionCall call : found) {
      if (!inDatabase(call)) {
        Decision given =
            givens == null ? null : givens.plan(tokens, statement, found, declaredTypes);
        if (given != null) {
          return given;
        }
        throw GivenPlanner.gives(call) && SelectShape.of(tokens, statement) != null
            ? Refusals.notAlone(call.function()).toException()
            : Refusals.place(call, place(StatementKind.of(tokens, statement))).toException();
      }
    }
    return Decision.PASS;
  }

  private static boolean inDatabase(FunctionCall call) {
    PgmlFunction function = PgmlFunction.named(call.function());
    return function != null && function.inDatabase();
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
    /** CREATE EXTENSION, DROP EXTENSION and ALTER EXTENSION … UPDATE. */
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
