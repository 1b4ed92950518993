package org.pglynx.proxy.ml;

import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.wire.PgError;

/** A cancel token that knows why. */
interface Stop extends CancelToken {
  /** What the client is told of work that has been stopped. */
  PgError why();
}
