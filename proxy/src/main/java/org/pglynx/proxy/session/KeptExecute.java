package org.pglynx.proxy.session;

import java.util.List;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.sql.PreparedText;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;

/**
 * An EXECUTE that the client has parsed, and executes again and again: it is what its name stands
 * for at each execution, as long as that has the same columns.
 */
record KeptExecute(
    PreparedCalls calls,
    PreparedText.Execute text,
    PreparedText.Prepare known,
    LocalStatement statement)
    implements LocalStatement {
  @Override
  public List<Column> columns() {
    return statement.columns();
  }

  @Override
  public int[] parameterTypes() {
    return statement.parameterTypes();
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    if (calls.names(text.name(), known)) {
      return statement.start(arguments, context);
    }
    return switch (calls.now(text)) {
      case Decision.Answer other when other.statement().columns().equals(columns()) ->
          other.statement().start(arguments, context);
      case Decision.Refuse refuse -> failed(context, refuse.error());
      case null -> failed(context, StatementErrors.doesNotExist(text.name()));
      case Decision.Answer other -> failed(context, StatementErrors.otherResult());
      case Decision.Rewrite other -> failed(context, StatementErrors.otherResult());
      case Decision.Pass pass -> failed(context, StatementErrors.otherResult());
    };
  }

  private static Cancellable failed(AnswerContext context, PgError error) {
    context.fail(error);
    return Cancellable.DONE;
  }
}
