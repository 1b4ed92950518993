package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.ClientEncoding;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.PgError;

/**
 * The preparation of one execution of a rewritten statement, for example the loading of a model.
 * Frames are held while it lasts.
 */
final class Opening implements RowRewrite.Callback {
  /** Receives the outcome: exactly one argument is not null. */
  interface Outcome {
    void set(RowRewrite.@Nullable RowTransform transform, @Nullable PgError error);
  }

  private final Session session;
  private Outcome outcome = (transform, error) -> {};
  private boolean starting;
  private boolean over;

  Opening(Session session) {
    this.session = session;
  }

  /** Starts it; the outcome is set before this returns, or later followed by a resume. */
  void start(RowRewrite rewrite, Arguments arguments, Outcome receiver) {
    outcome = receiver;
    starting = true;
    LocalExecution context =
        new LocalExecution(
            session, java.util.List.of(), arguments, LocalExecution.End.IGNORED, false);
    Cancellable stop = rewrite.open(arguments, context, this);
    starting = false;
    if (!over) {
      session.localAnswer().begins(stop);
    }
  }

  @Override
  public void opened(RowRewrite.RowTransform transform) {
    ClientEncoding encoding = session.clientParameters().encoding();
    settle(encoding.utf8() ? transform : new EncodedErrors(transform, encoding), null);
  }

  @Override
  public void failed(PgError error) {
    settle(null, session.retold(error));
  }

  private void settle(RowRewrite.@Nullable RowTransform transform, @Nullable PgError error) {
    if (over) {
      return;
    }
    over = true;
    outcome.set(transform, error);
    if (!starting) {
      session.answered();
      session.resume();
    }
  }
}
