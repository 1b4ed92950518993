package org.pglynx.proxy.sql;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells what the statements of a text do, by PostgreSQL's grammar. What is not known to read is
 * taken to write: a statement wrongly sent to a primary costs some load, one wrongly sent to a
 * standby fails, or does its work where nobody finds it.
 *
 * <pre>
 *   statement   SELECT, VALUES, TABLE, WITH ── a word of a change, INTO, FOR UPDATE ──► WRITE
 *                          │ none                                   in any depth
 *                          ▼
 *                        READ, with its calls and names   EXPLAIN, COPY (…) TO STDOUT: as the inner
 * </pre>
 */
public final class StatementReader {
  /** Functions that are told to be harmless, and are not on a standby; or say where they ran. */
  private static final Set<String> OF_THE_PRIMARY =
      Set.of("txid_current", "pg_current_xact_id", "pg_is_in_recovery");

  /** Relations that show one server's own state, which is no part of the data. */
  private static final Set<String> OF_ONE_SERVER =
      Set.of(
          "pg_aios",
          "pg_backend_memory_contexts",
          "pg_cursors",
          "pg_file_settings",
          "pg_hba_file_rules",
          "pg_ident_file_mappings",
          "pg_locks",
          "pg_prepared_statements",
          "pg_prepared_xacts",
          "pg_replication_origin_status",
          "pg_replication_slots",
          "pg_settings",
          "pg_shmem_allocations",
          "pg_shmem_allocations_numa");

  /** Parameters that say whether the server is a standby. */
  private static final Set<String> TELLS_STANDBY =
      Set.of("all", "in_hot_standby", "transaction_read_only", "is_superuser");

  private final SqlTokens tokens;
  private final Set<String> calls = new HashSet<>();
  private final Set<String> names = new HashSet<>();

  private StatementReader(SqlTokens tokens) {
    this.tokens = tokens;
  }

  /** What the text does. */
  public static StatementFacts read(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    if (tokens.broken()) {
      return StatementFacts.UNREADABLE;
    }
    StatementReader reader = new StatementReader(tokens);
    StatementClass kind = reader.all(Statements.split(tokens));
    return new StatementFacts(kind, reader.calls, reader.names);
  }

  private StatementClass all(List<TokenRange> statements) {
    if (statements.isEmpty()) {
      return StatementClass.EMPTY;
    }
    StatementClass first = statement(statements.getFirst());
    if (statements.size() == 1) {
      return first;
    }
    boolean reads = first.reads();
    for (TokenRange each : statements.subList(1, statements.size())) {
      reads &= statement(each).reads();
    }
    return reads ? StatementClass.READ : StatementClass.SEVERAL;
  }

  private StatementClass statement(TokenRange range) {
    return switch (StatementKind.of(tokens, range)) {
      case EMPTY -> StatementClass.EMPTY;
      case SELECT, WITH, VALUES, TABLE -> query(range);
      case EXPLAIN -> explain(range);
      case COPY -> copy(range);
      case SHOW -> show(range);
      case BEGIN -> begin(range);
      case COMMIT, ROLLBACK, SAVEPOINT, RELEASE -> StatementClass.TRANSACTION;
      case SET, RESET, DISCARD, DEALLOCATE, PREPARE, EXECUTE, DECLARE -> StatementClass.SESSION;
      case CREATE, ALTER, DROP -> StatementClass.DEFINE;
      case INSERT, UPDATE, DELETE, MERGE, GRANT, REVOKE, COMMENT, CALL, DO -> StatementClass.WRITE;
      case OTHER -> other(range);
    };
  }

  private StatementClass other(TokenRange range) {
    if (!tokens.is(range.from(), TokenKind.WORD)) {
      return StatementClass.UNREADABLE;
    }
    return switch (tokens.identifier(range.from())) {
      case "fetch", "move", "close", "listen", "unlisten", "load" -> StatementClass.SESSION;
      case "analyze",
          "analyse",
          "checkpoint",
          "cluster",
          "import",
          "lock",
          "notify",
          "reassign",
          "refresh",
          "reindex",
          "repack",
          "security",
          "truncate",
          "vacuum",
          "wait" ->
          StatementClass.WRITE;
      default -> StatementClass.UNREADABLE;
    };
  }

  // ---- queries ---------------------------------------------------------------------------------

  private StatementClass query(TokenRange range) {
    CallFinder finder = new CallFinder(tokens, calls, names);
    finder.read(range);
    for (int i = range.from(); i < range.to(); i++) {
      if (changes(i)) {
        return StatementClass.WRITE;
      }
    }
    return asksServer() ? StatementClass.SERVER : StatementClass.READ;
  }

  /**
   * Whether the word belongs to a change or a lock. All but INTO and FOR may be names of columns,
   * too: one that is qualified, or bears the type's name, is not meant.
   */
  private boolean changes(int i) {
    if (!tokens.is(i, TokenKind.WORD)) {
      return false;
    }
    return switch (tokens.identifier(i)) {
      case "into" -> !labels(i);
      case "insert", "update", "delete", "merge" ->
          !labels(i) && !tokens.is(i - 1, TokenKind.DOT) && !tokens.is(i + 1, TokenKind.DOT);
      case "for" -> tokens.word(i + 1, "share") || tokens.word(i + 1, "key") || lockFollows(i + 1);
      default -> tokens.identifier(i).startsWith("pg_temp");
    };
  }

  private boolean lockFollows(int i) {
    return tokens.word(i, "update") || (tokens.word(i, "no") && tokens.word(i + 1, "key"));
  }

  private boolean labels(int i) {
    return tokens.word(i - 1, "as");
  }

  private boolean asksServer() {
    return names.stream().anyMatch(StatementReader::showsOneServer)
        || calls.stream().anyMatch(StatementReader::ofOneServer);
  }

  private static boolean showsOneServer(String name) {
    return OF_ONE_SERVER.contains(name)
        || name.startsWith("pg_stat_")
        || name.startsWith("pg_statio_");
  }

  private static boolean ofOneServer(String call) {
    return OF_THE_PRIMARY.contains(call) || call.startsWith("pg_stat_get_");
  }

  // ---- statements about others -----------------------------------------------------------------

  /** EXPLAIN ANALYZE runs its statement; without it a change is only planned, on the primary. */
  private StatementClass explain(TokenRange range) {
    int at = range.from() + 1;
    if (tokens.is(at, TokenKind.LEFT_PAREN) && !queryFollows(at + 1)) {
      at = tokens.skip(at);
    }
    while (tokens.word(at, "analyze") || tokens.word(at, "analyse") || tokens.word(at, "verbose")) {
      at++;
    }
    return inner(new TokenRange(at, range.to()));
  }

  private boolean queryFollows(int at) {
    int first = at;
    while (tokens.is(first, TokenKind.LEFT_PAREN)) {
      first++;
    }
    return tokens.word(first, "select")
        || tokens.word(first, "with")
        || tokens.word(first, "values")
        || tokens.word(first, "table");
  }

  private StatementClass inner(TokenRange range) {
    return switch (StatementKind.of(tokens, range)) {
      case SELECT, WITH, VALUES, TABLE -> query(range);
      default -> StatementClass.WRITE;
    };
  }

  /** Only to the client: what is copied to a file or a program stays on its server. */
  private StatementClass copy(TokenRange range) {
    int at = range.from() + 1;
    StatementClass source = StatementClass.READ;
    if (tokens.is(at, TokenKind.LEFT_PAREN)) {
      source = inner(new TokenRange(at + 1, tokens.partner(at)));
      at = tokens.skip(at);
    } else {
      at = relation(at);
    }
    return tokens.word(at, "to") && tokens.word(at + 1, "stdout") ? source : StatementClass.WRITE;
  }

  /** Behind a relation's name and the list of its columns. */
  private int relation(int from) {
    int at = from;
    while (tokens.name(at) && !tokens.word(at, "to")) {
      names.add(tokens.identifier(at));
      at += tokens.is(at + 1, TokenKind.DOT) ? 2 : 1;
    }
    return tokens.is(at, TokenKind.LEFT_PAREN) ? tokens.skip(at) : at;
  }

  private StatementClass show(TokenRange range) {
    int last = range.to() - 1;
    boolean isolation = tokens.word(range.from() + 1, "transaction");
    return range.size() < 2
            || isolation
            || !tokens.name(last)
            || TELLS_STANDBY.contains(tokens.identifier(last))
        ? StatementClass.SERVER
        : StatementClass.READ;
  }

  /** A standby knows neither READ WRITE nor SERIALIZABLE. */
  private StatementClass begin(TokenRange range) {
    boolean only = false;
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.word(i, "serializable") || tokens.word(i, "write")) {
        return StatementClass.BEGIN_WRITE;
      }
      only |= tokens.word(i, "only");
    }
    return only ? StatementClass.BEGIN_READ_ONLY : StatementClass.BEGIN;
  }
}
