package org.pglynx.proxy.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ClientEncoding;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** The encoding of the caller's own connection; other connections are asked for UTF-8. */
final class CallersEncoding {
  private static final String ENCODINGS =
      """
      SELECT pg_catalog.current_setting('client_encoding'),
        pg_catalog.current_setting('server_encoding')\
      """;

  private CallersEncoding() {}

  /**
   * Checks that what a conversation in the caller's transaction reads and writes is UTF-8.
   *
   * @throws PgErrorException if it is something else
   */
  static void requireUtf8(SqlSession session) throws PgErrorException, InterruptedException {
    if (!session.callersTransaction()) {
      return;
    }
    List<@Nullable String[]> rows = session.one(ENCODINGS).rows();
    ClientEncoding encoding =
        ClientEncoding.of(Rows.text(rows.get(0), 0), Rows.text(rows.get(0), 1));
    if (!encoding.utf8()) {
      throw PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "inside of a transaction texts are read as UTF8, but client_encoding is "
                  + encoding.name())
          .withHint("SET client_encoding TO UTF8, or make the call outside of a transaction.")
          .toException();
    }
  }
}
