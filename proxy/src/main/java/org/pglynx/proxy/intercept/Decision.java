package org.pglynx.proxy.intercept;

import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.PgError;

/** What an interceptor decides about a statement. */
public sealed interface Decision {
  /** Nothing to do: the statement goes to the server as it is. */
  Decision PASS = new Pass();

  /** See {@link #PASS}. */
  record Pass() implements Decision {}

  /** The proxy answers the statement itself. */
  record Answer(LocalStatement statement) implements Decision {}

  /**
   * The server runs other text, and its rows are transformed on their way to the client.
   *
   * @param sql the text for the server, one statement, with the same parameters
   * @param rows how the reply is turned back
   */
  record Rewrite(String sql, RowRewrite rows) implements Decision {}

  /** The statement fails at once, as if the server had raised the error while parsing. */
  record Refuse(PgError error) implements Decision {}
}
