package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something, and answers when it is done.
 *
 * @param tag the command tag
 * @param action begins it; completes with notices for the client
 */
record ActionStatement(String tag, Supplier<CompletionStage<List<PgError>>> action)
    implements LocalStatement {
  private static final Logger LOG = LoggerFactory.getLogger(ActionStatement.class);

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    LOG.info("console: {}: user={}", tag, context.user());
    CompletionStage<List<PgError>> begun = action.get();
    begun.whenComplete((notices, failure) -> {
      if (failure == null) {
        notices.forEach(context::notice);
        context.complete(tag);
      } else {
        context.fail(error(failure));
      }
    });
    // What it waits for may go on; the client is free.
    return () -> context.fail(canceled());
  }

  private static PgError canceled() {
    return PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request");
  }

  /** What the client is told of a failure. */
  static PgError error(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    if (cause instanceof PgErrorException told) {
      return told.error();
    }
    LOG.error("the console could not do what it was asked", cause);
    return PgError.error(SqlState.INTERNAL_ERROR, "the command failed: " + cause);
  }
}
