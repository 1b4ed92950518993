package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.StatementKind;
import org.pglynx.proxy.sql.TextEdits;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Plans statements that do more with the rows of a call than to show them, where only the proxy can
 * make these rows: {@code SELECT … FROM pgml.explain(…) e JOIN t … ORDER BY …}. The call is
 * answered first, and its rows are given to the server in the call's place. So it is for functions
 * that read and change nothing: whether the server would have called them, and how often, does not
 * matter.
 */
final class GivenPlanner {
  private final Answers answers;
  private final ServiceCalls services;

  GivenPlanner(Answers answers) {
    this.answers = answers;
    this.services = new ServiceCalls(answers);
  }

  /** Whether the call's rows can be given to a server. */
  static boolean gives(FunctionCall call) {
    return switch (PgmlFunction.named(call.function())) {
      case EXPLAIN, FEATURE_IMPORTANCE, EXPORT_MODEL, XGBOOST_VERSION, VERSION -> true;
      case TRAIN, TRAIN_JOINT, SNAPSHOT, DEPLOY, LOAD_DATASET, CANCEL_TRAINING, IMPORT_MODEL ->
          false;
      case PREDICT, PREDICT_LABEL, PREDICT_PROBA, PREDICT_JOINT, DECOMPOSE, PREDICT_BATCH -> false;
      case null -> false;
    };
  }

  /** Whether the text, as it stands, is run once: neither kept nor run again later. */
  private static boolean runsOnce(SqlTokens tokens, TokenRange statement) {
    return switch (StatementKind.of(tokens, statement)) {
      case SELECT, WITH, VALUES, INSERT, UPDATE, DELETE, MERGE, COPY -> true;
      case CREATE -> createsTable(tokens, statement);
      case EMPTY, TABLE, EXPLAIN, PREPARE, EXECUTE, DECLARE, ALTER, DROP, GRANT, REVOKE -> false;
      case COMMENT, BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, SET, RESET, SHOW -> false;
      case DISCARD, DEALLOCATE, CALL, DO, OTHER -> false;
    };
  }

  /** {@code CREATE [TEMP | UNLOGGED …] TABLE … AS}. */
  private static boolean createsTable(SqlTokens tokens, TokenRange statement) {
    for (int i = statement.from() + 1; i < statement.from() + 4; i++) {
      if (tokens.word(i, "table")) {
        return true;
      }
    }
    return false;
  }

  /** What becomes of the statement; null if rows of its calls cannot be given to a server. */
  @Nullable Decision plan(
      SqlTokens tokens, TokenRange statement, List<FunctionCall> found, int[] declaredTypes)
      throws PgErrorException {
    if (!runsOnce(tokens, statement)) {
      return null;
    }
    ParameterTypes types = ParameterTypes.besides(declaredTypes);
    GivenText text = new GivenText(tokens, statement);
    List<LocalStatement> statements = new ArrayList<>();
    for (FunctionCall call : found) {
      if (inDatabase(call)) {
        continue;
      }
      if (!gives(call) || nested(call, found)) {
        return null;
      }
      if (!text.take(call)) {
        throw Refusals.givesRows(call).toException();
      }
      LocalStatement given =
          services.statement(tokens, call, signature -> RowForm.all(signature.columns()), types);
      if (given == null) {
        return null;
      }
      statements.add(given);
    }
    TextEdits edits = text.forParse(types);
    return new Decision.Rewrite(
        edits.result(), answers.given(new GivenPlan(text, statements, edits.positions())));
  }

  private static boolean inDatabase(FunctionCall call) {
    PgmlFunction function = PgmlFunction.named(call.function());
    return function != null && function.inDatabase();
  }

  private static boolean nested(FunctionCall call, List<FunctionCall> found) {
    return found.stream()
        .anyMatch(other ->
            other != call
                && !inDatabase(other)
                && (other.range().contains(call.range()) || call.range().contains(other.range())));
  }
}
