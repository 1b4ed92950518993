package org.pglynx.proxy.backend;

import org.pglynx.proxy.auth.ServerAuthenticator;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Tells a server that is well, but asks for a secret that the proxy has not, from one that is not.
 */
public final class LackingLogin {
  private LackingLogin() {}

  /** Whether that is what the error says. */
  public static boolean is(PgError error) {
    String detail = error.detail();
    return error.code().equals(SqlState.CANNOT_CONNECT.code())
        && detail != null
        && detail.startsWith(ServerAuthenticator.CANNOT_LOG_IN);
  }
}
