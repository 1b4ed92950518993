package org.pglynx.proxy.relay;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/**
 * A question of the proxy's own, asked on a session's server connection between two transactions of
 * the client, which sees nothing of it.
 */
public interface Inquiry {
  /** The question: one statement. */
  String sql();

  /** One row of the answer, in text form. */
  void row(@Nullable String[] values);

  /**
   * The end of the answer; not called if the connection is lost or given back before.
   *
   * @param error why there is no answer, or null
   */
  void answered(@Nullable PgError error);
}
