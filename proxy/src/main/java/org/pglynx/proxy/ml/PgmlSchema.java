package org.pglynx.proxy.ml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.Statements;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Creates, completes and drops schema pgml, with the rights of the caller. The scripts can run over
 * any older schema; {@code pgml._schema_version()} says which version the last run made.
 */
final class PgmlSchema {
  /** Raised whenever a script changes. The first version had no function that told it. */
  static final int VERSION = 21;

  // "pgml" in ASCII: creations of the schema wait for each other.
  private static final String LOCK = "SELECT pg_advisory_xact_lock(1885826412)";

  private static final String FOUND =
      """
      SELECT CASE WHEN to_regclass('pgml.files') IS NULL THEN 0
        ELSE coalesce((SELECT substring(p.prosrc FROM '[0-9]+')::int FROM pg_catalog.pg_proc p
                       WHERE p.pronamespace = to_regnamespace('pgml')
                         AND p.proname = '_schema_version'), 1) END\
      """;

  private PgmlSchema() {}

  /** Whether the relations are there. */
  static boolean exists(SqlSession session) throws PgErrorException, InterruptedException {
    return session.queryEach("SELECT to_regclass('pgml.files') IS NOT NULL").stream()
        .anyMatch(each -> "t".equals(each.value()));
  }

  /** Whether a schema is there that lacks something of this version's. */
  static boolean old(SqlSession session) throws PgErrorException, InterruptedException {
    return exists(session) && version(session) < VERSION;
  }

  /**
   * Creates what the schema lacks; safe however many do it at once.
   *
   * @throws PgErrorException if there is an older schema that is another role's
   */
  static void ensure(SqlSession session) throws PgErrorException, InterruptedException {
    if (version(session) < VERSION) {
      Transactions.execute(session, () -> complete(session));
    }
  }

  private static int version(SqlSession session) throws PgErrorException, InterruptedException {
    int lowest = VERSION;
    for (SqlSession.SqlResult each : session.queryEach(FOUND)) {
      String found = each.value();
      lowest = Math.min(lowest, found == null ? 0 : Integer.parseInt(found));
    }
    return lowest;
  }

  private static void complete(SqlSession session) throws PgErrorException, InterruptedException {
    session.query(LOCK);
    int found = version(session);
    if (found >= VERSION) {
      return;
    }
    if (found > 0) {
      checkOwner(session, found);
    }
    runScript(session, resource("schema.sql"));
    runScript(session, resource("vector_checks.sql"));
    // In this order: functions of real use those of double precision.
    for (String type : List.of("double precision", "real")) {
      runScript(session, resource("vectors.sql").replace(":type", type));
    }
    runScript(session, resource("metrics.sql"));
    runScript(session, resource("models.sql"));
    runScript(session, resource("rights.sql"));
    runScript(session, resource("notify.sql"));
    runScript(session, resource("trainings.sql"));
    runScript(session, resource("evaluations.sql"));
    runScript(session, resource("exports.sql"));
    runScript(session, resource("predict.sql"));
    if (session.servers() > 1) {
      // A transaction that has notified cannot be prepared, and so not be committed on all shards.
      session.query("ALTER FUNCTION pgml._tell_deployment() SET pgml.quiet = on");
    }
    session.query(
        "CREATE OR REPLACE FUNCTION pgml._schema_version() RETURNS integer LANGUAGE sql IMMUTABLE"
            + " PARALLEL SAFE AS 'SELECT "
            + VERSION
            + "'");
  }

  /** Only the schema's owner may replace what is in it. */
  private static void checkOwner(SqlSession session, int found)
      throws PgErrorException, InterruptedException {
    String owner =
        session
            .query(
                "SELECT nspowner::regrole FROM pg_catalog.pg_namespace WHERE nspname = 'pgml'"
                    + " AND NOT pg_has_role(nspowner, 'USAGE')")
            .value();
    if (owner != null) {
      throw PgError.error(
              SqlState.NOT_IN_PREREQUISITE_STATE,
              "schema pgml is of version %d, this call needs version %d".formatted(found, VERSION))
          .withHint(
              "Let %s run CREATE EXTENSION IF NOT EXISTS pgml once: it adds what is missing."
                  .formatted(owner))
          .toException();
    }
  }

  /**
   * Makes a table in the schema, which takes a right that a training does not need.
   *
   * @throws PgErrorException as the server words it, with what helps
   */
  static void createTable(SqlSession session, String statement)
      throws PgErrorException, InterruptedException {
    try {
      session.query(statement);
    } catch (PgErrorException e) {
      boolean denied = e.error().code().equals(SqlState.INSUFFICIENT_PRIVILEGE.code());
      throw denied
          ? e.error()
              .withHint("The owner of schema pgml grants CREATE ON SCHEMA pgml.")
              .toException()
          : e;
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
            runScript(session, resource("drop.sql"));
          }
        });
  }

  private static void runScript(SqlSession session, String script)
      throws PgErrorException, InterruptedException {
    SqlTokens tokens = SqlTokens.of(script);
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
