package org.pglynx.proxy.ml;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * {@code CREATE EXTENSION [IF NOT EXISTS] pgml …}, {@code DROP EXTENSION [IF EXISTS] pgml …} or
 * {@code ALTER EXTENSION pgml UPDATE …}.
 *
 * @param action which of them
 * @param lenient whether IF [NOT] EXISTS is there
 * @param cascade whether CASCADE is there
 */
record ExtensionStatement(Action action, boolean lenient, boolean cascade) {
  /** What is done to the extension; the name in SQL. */
  enum Action {
    /** It is made. */
    CREATE,
    /** It is removed. */
    DROP,
    /** It gets what this version has. */
    ALTER
  }

  /** Reads the statement; null if it is another one. */
  static @Nullable ExtensionStatement of(SqlTokens tokens, TokenRange statement)
      throws PgErrorException {
    int at = statement.from();
    Action action = action(tokens, at);
    if (action == null || !tokens.word(at + 1, "extension")) {
      return null;
    }
    at += 2;
    if (action == Action.ALTER) {
      boolean update = tokens.names(at, "pgml") && tokens.word(at + 1, "update");
      return update ? new ExtensionStatement(action, false, false) : null;
    }
    boolean create = action == Action.CREATE;
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
        ? new ExtensionStatement(action, lenient, cascade)
        : null;
  }

  private static @Nullable Action action(SqlTokens tokens, int at) {
    for (Action action : Action.values()) {
      if (tokens.word(at, action.name().toLowerCase(Locale.ROOT))) {
        return action;
      }
    }
    return null;
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
