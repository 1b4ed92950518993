package org.pglynx.proxy.ml;

import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** The encoding of the caller's own connection; other connections are asked for UTF-8. */
final class CallersEncoding {
  private static final String OTHER =
      """
      SELECT pg_catalog.current_setting('client_encoding')
      WHERE pg_catalog.current_setting('client_encoding') <> 'UTF8'
        AND (pg_catalog.current_setting('client_encoding') <> 'SQL_ASCII'
             OR pg_catalog.current_setting('server_encoding') <> 'UTF8')\
      """;

  private CallersEncoding() {}

  /**
   * Checks that what a conversation in the caller's transaction reads and writes is UTF-8.
   *
   * @throws PgErrorException if it is something else
   */
  static void requireUtf8(SqlSession session) throws PgErrorException, InterruptedException {
    String other =
        session.callersTransaction()
            ? session.one(OTHER).rows().stream()
                .map(row -> Rows.text(row, 0))
                .findFirst()
                .orElse(null)
            : null;
    if (other != null) {
      throw PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "inside of a transaction texts are read as UTF8, but client_encoding is " + other)
          .withHint("SET client_encoding TO UTF8, or make the call outside of a transaction.")
          .toException();
    }
  }
}
