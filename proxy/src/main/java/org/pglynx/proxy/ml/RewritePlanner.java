package org.pglynx.proxy.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SelectParser;
import org.pglynx.proxy.sql.SelectShape;
import org.pglynx.proxy.sql.SelectShape.Clause;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Plans predictions as items of a select list over relations: each call is replaced by its features
 * as real[], or as JSON where they are a row, and the rows' features by predictions on their way
 * back. The first rows in the order of one prediction are found on their way back, too. Statements
 * that do more with a prediction are not planned here.
 */
final class RewritePlanner {
  private final Answers answers;

  RewritePlanner(Answers answers) {
    this.answers = answers;
  }

  /** The rewriting of a SELECT, or null if the statement has to be left as it is. */
  @Nullable Decision select(
      SqlTokens tokens,
      TokenRange statement,
      SelectShape shape,
      List<FunctionCall> found,
      int[] declaredTypes)
      throws PgErrorException {
    return plan(tokens, statement, shape, found, declaredTypes, null);
  }

  /** The same of {@code COPY (SELECT …) TO STDOUT}. */
  @Nullable Decision copy(SqlTokens tokens, CopyStatement copy, List<FunctionCall> found)
      throws PgErrorException {
    SelectShape shape = SelectShape.of(tokens, copy.query());
    return shape == null
        ? null
        : plan(tokens, copy.query(), shape, found, new int[0], copy.format());
  }

  private @Nullable Decision plan(
      SqlTokens tokens,
      TokenRange statement,
      SelectShape shape,
      List<FunctionCall> found,
      int[] declaredTypes,
      @Nullable CopyFormat copy)
      throws PgErrorException {
    if (shape.distinct()
        || shape.has(Clause.SET_OPERATION)
        || shape.has(Clause.INTO)
        || doubtful(tokens, statement, shape)) {
      return null;
    }
    SelectRewrite rewrite =
        new SelectRewrite(tokens, statement, shape, declaredTypes, copy != null);
    return rewrite.replace(found) && !(copy != null && rewrite.picksRows())
        ? new Decision.Rewrite(rewrite.sql(), answers.rewrite(rewrite.plan(copy)))
        : null;
  }

  /** Whether a second parser reads a statement of another shape. */
  private static boolean doubtful(SqlTokens tokens, TokenRange statement, SelectShape shape) {
    String text = tokens.slice(statement.from(), statement.to());
    return switch (SelectParser.check(text, shape)) {
      case AGREES, NONE -> false;
      case DISAGREES -> true;
    };
  }
}
