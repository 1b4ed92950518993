package org.pglynx.proxy.relay;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/** Hears how a transaction has ended. */
public interface CommitEnd {
  /**
   * It has ended.
   *
   * @param committed whether all of it is there, or will be
   * @param notice the error, or a warning for one that is committed; or null
   * @param whole whether the connections are all still there
   */
  void ended(boolean committed, @Nullable PgError notice, boolean whole);
}
