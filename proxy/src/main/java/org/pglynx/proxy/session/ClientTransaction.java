package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;

/**
 * What a client believes of its transaction: the status it was told last, and whether it has yet to
 * learn that the transaction is gone.
 *
 * <pre>
 *         ReadyForQuery of a server, or of the proxy's own
 *   I ◄────────────────────────────────────────────────────► T, E
 *   ▲                                                         │ the server is lost
 *   └── the next message, or the one in hand, is told ◄───────┘
 * </pre>
 */
final class ClientTransaction {
  private byte status = 'I';
  private @Nullable PgError lost;
  private long endedWithoutServer;

  /** I, T or E as the client was last told. */
  byte status() {
    return status;
  }

  /** Whether the client is in none. */
  boolean none() {
    return status == 'I';
  }

  /** The client is, or is about to be, told this. */
  void is(byte told) {
    status = told;
  }

  /** The client is about to be told this for something that no server has answered. */
  void isWithoutServer(byte told) {
    status = told;
    endedWithoutServer += told == 'I' ? 1 : 0;
  }

  /** How many have ended without a server. */
  long endedWithoutServer() {
    return endedWithoutServer;
  }

  /** It is gone, which the client's next statement, or the one in hand, must show. */
  void lose(PgError error) {
    lost = error;
  }

  /** Why it is gone although the client believes in it; null if it is not. */
  @Nullable PgError lost() {
    return lost;
  }

  /** Why it is gone although the client believes in it, once. */
  @Nullable PgError takeLost() {
    PgError error = lost;
    lost = null;
    return error;
  }
}
