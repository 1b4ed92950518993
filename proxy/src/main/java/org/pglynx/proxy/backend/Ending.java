package org.pglynx.proxy.backend;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Why a connection to a server ends: what has been said of it, else that it simply did. */
final class Ending {
  private final BackendTarget target;
  private @Nullable PgError told;

  Ending(BackendTarget target) {
    this.target = target;
  }

  /** The server has told why, or the proxy itself ends it. */
  void is(PgError error) {
    told = error;
  }

  /** What has gone wrong on the way; of no weight beside what was told before. */
  void broken(Throwable cause) {
    if (told == null) {
      told =
          PgError.error(
              SqlState.CONNECTION_FAILURE,
              "lost the connection to the server at "
                  + target.describe()
                  + ": "
                  + cause.getMessage());
    }
  }

  /** For the client whose connection it was. */
  PgError error() {
    PgError known = told;
    if (known != null) {
      return known;
    }
    return PgError.error(
            SqlState.CONNECTION_FAILURE,
            "the server at " + target.describe() + " closed the connection unexpectedly")
        .withHint(
            "The statement may or may not have taken effect; later statements are sent again.");
  }
}
