package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.ShownText;

/**
 * What a session is at, for SHOW QUERIES.
 *
 * @param id the process id that the client was told
 * @param database the database that the client named
 * @param user the user that logged in
 * @param applicationName what the client calls itself
 * @param address the client's address
 * @param state active, waiting or idle in transaction
 * @param statementNanos since the statement was passed on; 0 if none is running
 * @param transactionNanos since the transaction began; 0 if there is none
 * @param waitNanos how long it waits for a server now, else 0
 * @param server where it runs; empty if it has none
 * @param serverPid the server's process; 0 if it has none
 * @param text the statement, or the last one; null if texts are not kept
 */
public record RunningView(
    int id,
    String database,
    String user,
    String applicationName,
    String address,
    String state,
    long statementNanos,
    long transactionNanos,
    long waitNanos,
    String server,
    int serverPid,
    @Nullable Text text) {

  /**
   * Bytes of a statement that nobody else changes.
   *
   * @param whole whether it ends where they end
   */
  public record Text(byte[] bytes, boolean whole) {
    /** As it may be shown: without values. */
    public String shown() {
      return ShownText.of(bytes, bytes.length, whole);
    }
  }
}
