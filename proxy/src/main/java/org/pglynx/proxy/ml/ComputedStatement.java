package org.pglynx.proxy.ml;

import java.util.List;
import java.util.concurrent.Executor;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.Texts;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * A call with arguments that a server has to compute: it is asked for them first, with the caller's
 * rights and in the caller's transaction, then the call is as if they had been literals.
 */
final class ComputedStatement implements LocalStatement {
  /** What a call is when its arguments are known. */
  interface Call {
    /** The call, as a statement. */
    LocalStatement of(List<ComputedValue> values) throws PgErrorException;
  }

  private final ComputedExpressions expressions;
  private final Call call;
  private final RowForm form;
  private final int[] parameterTypes;
  private final Executor executor;

  ComputedStatement(
      ComputedExpressions expressions,
      Call call,
      RowForm form,
      int[] parameterTypes,
      Executor executor) {
    this.expressions = expressions;
    this.call = call;
    this.form = form;
    this.parameterTypes = parameterTypes;
    this.executor = executor;
  }

  @Override
  public List<Column> columns() {
    return form.columns();
  }

  @Override
  public int[] parameterTypes() {
    return parameterTypes;
  }

  @Override
  public Texts texts() {
    return Texts.OWN_STATEMENT;
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    Stages stages = new Stages();
    stages.begin(
        Job.start(
            executor,
            cancel -> {
              LocalStatement known = call.of(compute(arguments, context));
              context
                  .loop()
                  .execute(() -> stages.next(() -> known.start(arguments, context), context));
            },
            context::fail));
    return stages;
  }

  private List<ComputedValue> compute(Arguments arguments, AnswerContext context)
      throws PgErrorException, InterruptedException {
    try (SqlSession session = context.servers().open()) {
      return expressions.compute(session, arguments);
    } catch (PgErrorException e) {
      throw explained(e.error()).toException();
    }
  }

  /** What is around the call cannot be seen from within its arguments. */
  private static PgError explained(PgError error) {
    boolean unknown =
        error.code().equals(SqlState.UNDEFINED_COLUMN.code())
            || error.code().equals(SqlState.UNDEFINED_TABLE.code());
    return unknown && error.hint() == null
        ? error.withHint("An argument may not depend on rows of the statement around the call.")
        : error;
  }
}
