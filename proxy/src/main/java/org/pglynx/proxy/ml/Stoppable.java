package org.pglynx.proxy.ml;

import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.wire.PgError;

/** Work that may be stopped for several reasons; the first one counts. */
interface Stoppable extends Cancellable {
  /** Nothing to stop: the work is done already. */
  Stoppable DONE = why -> {};

  /** Asks it to stop soon; it then fails with the error. */
  void stop(PgError why);

  @Override
  default void cancel() {
    stop(MlErrors.cancelled());
  }
}
