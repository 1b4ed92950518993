package org.pglynx.proxy.admin;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.StatementKind;
import org.pglynx.proxy.sql.Statements;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgError.Severity;
import org.pglynx.proxy.wire.SqlState;

/**
 * Reads what is sent to an admin database. What PgBouncer, pgcat or a later pglynx understands but
 * this one does not serve is refused by name, so that no script believes it has worked.
 */
final class AdminParser {
  private static final Set<String> UNSERVED_TOPICS =
      Set.of(
          "shards",
          "queries",
          "slow",
          "transactions",
          "mirrors",
          "predictions",
          "fds",
          "dns_hosts",
          "dns_zones");

  /** What drivers set that SHOW does not answer here, and the words that SET has besides. */
  private static final Set<String> OF_SESSIONS =
      Set.of(
          "session",
          "local",
          "transaction",
          "time",
          "names",
          "role",
          "extra_float_digits",
          "client_min_messages",
          "bytea_output",
          "escape_string_warning",
          "lock_timeout",
          "idle_in_transaction_session_timeout",
          "default_transaction_deferrable",
          "row_security",
          "synchronize_seqscans",
          "jit");

  private final SessionParameters parameters;
  private final Set<String> settings;
  private final Set<String> ofPools;

  /**
   * A parser.
   *
   * @param parameters what SHOW of a session parameter answers
   * @param settings names of the configuration's general settings
   * @param ofPools names of the settings of its pools
   */
  AdminParser(SessionParameters parameters, Set<String> settings, Set<String> ofPools) {
    this.parameters = parameters;
    this.settings = Set.copyOf(settings);
    this.ofPools = Set.copyOf(ofPools);
  }

  AdminCommand parse(String sql) {
    SqlTokens tokens = SqlTokens.of(sql);
    if (tokens.broken()) {
      return refuse(SqlState.SYNTAX_ERROR, "unterminated string, comment or bracket");
    }
    List<TokenRange> statements = Statements.split(tokens);
    if (statements.isEmpty()) {
      return new AdminCommand.Acknowledge("");
    }
    if (statements.size() > 1) {
      return refuse(
          SqlState.FEATURE_NOT_SUPPORTED, "the admin console takes one statement at a time");
    }
    return statement(tokens, statements.getFirst());
  }

  private AdminCommand statement(SqlTokens tokens, TokenRange range) {
    return switch (StatementKind.of(tokens, range)) {
      case SHOW -> show(tokens, range);
      case SET, RESET -> set(tokens, range);
      case SELECT -> select(tokens, range);
      case BEGIN -> new AdminCommand.Acknowledge("BEGIN");
      case COMMIT -> new AdminCommand.Acknowledge("COMMIT");
      case ROLLBACK -> new AdminCommand.Acknowledge("ROLLBACK");
      case DISCARD -> new AdminCommand.Acknowledge("DISCARD ALL");
      case DEALLOCATE -> new AdminCommand.Acknowledge("DEALLOCATE");
      case EMPTY, OTHER -> other(tokens, range);
      case WITH, VALUES, TABLE, INSERT, UPDATE, DELETE, MERGE, COPY, EXPLAIN -> noSql();
      case PREPARE, EXECUTE, DECLARE, CREATE, ALTER, DROP, GRANT, REVOKE, COMMENT -> noSql();
      case SAVEPOINT, RELEASE, CALL, DO -> noSql();
    };
  }

  // ---- SHOW ----------------------------------------------------------------------------------

  private AdminCommand show(SqlTokens tokens, TokenRange range) {
    int first = range.from() + 1;
    AdminCommand parameter = parameter(tokens, first, range.to());
    if (parameter != null) {
      return parameter;
    }
    String name = tokens.slice(first, range.to());
    if (first == range.to() || !tokens.is(first, TokenKind.WORD)) {
      return refuse(SqlState.SYNTAX_ERROR, "SHOW needs the name of what to show");
    }
    String word = tokens.slice(first);
    ShowTopic topic = ShowTopic.named(word);
    if (topic == null) {
      return UNSERVED_TOPICS.contains(word.toLowerCase(Locale.ROOT))
          ? notServed("SHOW " + word.toUpperCase(Locale.ROOT))
          : refuse(SqlState.SYNTAX_ERROR, "SHOW " + name + " is unknown to the admin console");
    }
    TokenRange rest = new TokenRange(first + 1, range.to());
    if (rest.isEmpty()) {
      return new AdminCommand.Show(topic, Selection.Clause.NONE);
    }
    return topic == ShowTopic.HELP
        ? refuse(SqlState.SYNTAX_ERROR, "SHOW HELP takes no further words")
        : new AdminCommand.Show(topic, columns -> SelectionParser.parse(tokens, rest, columns));
  }

  private @Nullable AdminCommand parameter(SqlTokens tokens, int from, int to) {
    String text = tokens.slice(from, to).toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    String name =
        switch (text) {
          case "transaction isolation level" -> "transaction_isolation";
          case "time zone" -> "TimeZone";
          default -> text;
        };
    Map.Entry<String, String> found = parameters.find(name);
    return found == null ? null : new AdminCommand.ShowParameter(found.getKey(), found.getValue());
  }

  // ---- what drivers send ---------------------------------------------------------------------

  /** SET and RESET of session parameters mean nothing here; those of our own settings would. */
  private AdminCommand set(SqlTokens tokens, TokenRange range) {
    String verb = tokens.slice(range.from()).toUpperCase(Locale.ROOT);
    if (verb.equals("RESET") && tokens.word(range.from() + 1, "stats")) {
      return new AdminCommand.ResetStats();
    }
    int at = range.from() + 1;
    String name = tokens.slice(at).toLowerCase(Locale.ROOT);
    if (settings.contains(name)) {
      return verb.equals("SET")
          ? CommandParser.set(tokens, range)
          : refuse(
              SqlState.FEATURE_NOT_SUPPORTED,
              "RESET " + name + " is not served: RELOAD sets all keys as the file has them");
    }
    // A driver sets its own session's parameters; who names a key of a pool wants something done.
    if (ofPools.contains(name) && parameters.find(name) == null) {
      return refuse(
          SqlState.FEATURE_NOT_SUPPORTED,
          name
              + " is a key of pools, which "
              + verb
              + " does not reach: change the file and RELOAD");
    }
    return verb.equals("SET") && !ofSessions(name)
        ? new AdminCommand.Acknowledge(verb, noSetting(name))
        : new AdminCommand.Acknowledge(verb);
  }

  private boolean ofSessions(String name) {
    return OF_SESSIONS.contains(name) || parameters.find(name) != null;
  }

  private static PgError noSetting(String name) {
    return PgError.notice(
            Severity.NOTICE, "nothing has changed: \"" + name + "\" is no key of [general]")
        .withHint("SHOW CONFIG names them. Other keys are changed in the file: RELOAD reads it.");
  }

  private AdminCommand select(SqlTokens tokens, TokenRange range) {
    int value = range.from() + 1;
    String text = tokens.slice(value);
    if (range.to() - range.from() == 2
        && tokens.is(value, TokenKind.NUMBER)
        && text.matches("[0-9]{1,9}")) {
      return new AdminCommand.SelectNumber(Integer.parseInt(text));
    }
    return noSql();
  }

  // ---- refusals ------------------------------------------------------------------------------

  private AdminCommand other(SqlTokens tokens, TokenRange range) {
    String word = tokens.slice(range.from());
    if (BanParser.VERBS.contains(word.toLowerCase(Locale.ROOT))) {
      return BanParser.parse(tokens.slice(range.from(), range.to()));
    }
    if (word.equalsIgnoreCase("suspend")) {
      return refuse(
          SqlState.FEATURE_NOT_SUPPORTED,
          "SUSPEND is not served: it prepares a takeover of sockets; PAUSE keeps clients waiting, and"
              + " so_reuseport lets a new process begin beside this one");
    }
    AdminCommand command = CommandParser.parse(tokens, range);
    if (command != null) {
      return command;
    }
    return refuse(SqlState.SYNTAX_ERROR, "syntax error at or near \"" + word + "\"");
  }

  private static AdminCommand noSql() {
    return refuse(SqlState.FEATURE_NOT_SUPPORTED, "an admin database runs no SQL");
  }

  private static AdminCommand notServed(String what) {
    return refuse(SqlState.FEATURE_NOT_SUPPORTED, what + " is not served yet");
  }

  private static AdminCommand refuse(SqlState state, String message) {
    return new AdminCommand.Refuse(PgError.error(state, message).withHint(ShowTopic.summary()));
  }
}
