package org.pglynx.proxy.ml;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * {@code CREATE EXTENSION [IF NOT EXISTS] pgml …} or {@code DROP EXTENSION [IF EXISTS] pgml …}.
 *
 * @param create which of them
 * @param lenient whether IF [NOT] EXISTS is there
 * @param cascade whether CASCADE is there
 */
record ExtensionStatement(boolean create, boolean lenient, boolean cascade) {
  /** Reads the statement; null if it is another one. */
  static @Nullable ExtensionStatement of(SqlTokens tokens, TokenRange statement)
      throws PgErrorException {
    int at = statement.from();
    boolean create = tokens.word(at, "create");
    if ((!create && !tokens.word(at, "drop")) || !tokens.word(at + 1, "extension")) {
      return null;
    }
    at += 2;
    boolean lenient = tokens.word(at, "if");
    if (lenient) {
      at += create ? 3 : 2;
    }
    int last = statement.to() - 1;
    boolean cascade = tokens.word(last, "cascade");
    if (!create && namesSeveral(tokens, at, statement.to())) {
      throw Refusals.extensionAmongOthers().toException();
    }
    return at <= last && tokens.names(at, "pgml")
        ? new ExtensionStatement(create, lenient, cascade)
        : null;
  }

  private static boolean namesSeveral(SqlTokens tokens, int from, int to) {
    boolean pgml = false;
    boolean comma = false;
    for (int i = from; i < to; i++) {
      pgml |= tokens.names(i, "pgml");
      comma |= tokens.is(i, TokenKind.COMMA);
    }
    return pgml && comma;
  }
}
