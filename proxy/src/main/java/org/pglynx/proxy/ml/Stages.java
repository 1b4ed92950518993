package org.pglynx.proxy.ml;

import java.util.function.Supplier;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Cancellable;

/** Two steps of an execution, one after the other; all on the session's loop. */
final class Stages implements Cancellable {
  private Cancellable current = Cancellable.DONE;
  private boolean going;
  private boolean cancelled;

  void begin(Cancellable first) {
    // The next one has begun already if the executor is the caller's own thread.
    if (!going) {
      current = first;
    }
  }

  void next(Supplier<? extends Cancellable> stage, AnswerContext context) {
    if (cancelled) {
      context.fail(MlErrors.cancelled());
      return;
    }
    going = true;
    current = stage.get();
  }

  @Override
  public void cancel() {
    cancelled = true;
    current.cancel();
  }
}
