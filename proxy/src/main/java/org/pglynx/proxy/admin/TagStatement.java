package org.pglynx.proxy.admin;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.wire.PgError;

/**
 * Answers without rows.
 *
 * @param tag the command tag
 * @param notice what is told before it, or null
 */
record TagStatement(String tag, @Nullable PgError notice) implements LocalStatement {
  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    if (notice != null) {
      context.notice(notice);
    }
    context.complete(tag);
    return Cancellable.DONE;
  }
}
