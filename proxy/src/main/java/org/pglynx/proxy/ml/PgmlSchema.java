package org.pglynx.proxy.ml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.Statements;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/** Creates and drops schema pgml, with the rights of the caller. */
final class PgmlSchema {
  // "pgml" in ASCII: creations of the schema wait for each other.
  private static final String LOCK = "SELECT pg_advisory_xact_lock(1885826412)";

  private PgmlSchema() {}

  /** Whether the relations are there. */
  static boolean exists(SqlSession session) throws PgErrorException, InterruptedException {
    return "t".equals(session.query("SELECT to_regclass('pgml.files') IS NOT NULL").value());
  }

  /** Creates the relations unless they are there; safe however many do it at once. */
  static void ensure(SqlSession session) throws PgErrorException, InterruptedException {
    if (!exists(session)) {
      Transactions.execute(session, () -> create(session));
    }
  }

  private static void create(SqlSession session) throws PgErrorException, InterruptedException {
    session.query(LOCK);
    if (!exists(session)) {
      runScript(session, "schema.sql");
    }
  }

  /** Drops the relations; with cascade also all that was made in the schema since. */
  static void drop(SqlSession session, boolean cascade)
      throws PgErrorException, InterruptedException {
    Transactions.execute(
        session,
        () -> {
          session.query(LOCK);
          if (cascade) {
            session.query("DROP SCHEMA pgml CASCADE");
          } else {
            runScript(session, "drop.sql");
          }
        });
  }

  private static void runScript(SqlSession session, String name)
      throws PgErrorException, InterruptedException {
    SqlTokens tokens = SqlTokens.of(resource(name));
    for (TokenRange statement : Statements.split(tokens)) {
      session.query(tokens.slice(statement.from(), statement.to()));
    }
  }

  private static String resource(String name) {
    try (InputStream in = PgmlSchema.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
