package org.pglynx.proxy.admin;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Reads the commands that change something: a verb and at most a few words. */
final class CommandParser {
  private final SqlTokens tokens;
  private final int first;
  private final int end;

  private CommandParser(SqlTokens tokens, TokenRange range) {
    this.tokens = tokens;
    this.first = range.from() + 1;
    this.end = range.to();
  }

  /** The command, a refusal of what follows its verb, or null if the verb is none of them. */
  static @Nullable AdminCommand parse(SqlTokens tokens, TokenRange range) {
    String verb = tokens.slice(range.from()).toUpperCase(Locale.ROOT);
    return new CommandParser(tokens, range).command(verb);
  }

  private @Nullable AdminCommand command(String verb) {
    return switch (verb) {
      case "RELOAD" -> words() == 0 ? new AdminCommand.Reload() : usage("RELOAD");
      case "PAUSE" -> targeted(verb, AdminCommand.Pause::new);
      case "RESUME" -> targeted(verb, AdminCommand.Resume::new);
      case "RECONNECT" -> targeted(verb, AdminCommand.Reconnect::new);
      case "WAIT_CLOSE" -> targeted(verb, AdminCommand.WaitClose::new);
      case "KILL" ->
          words() == 0 ? usage("KILL db[, user]") : targeted(verb, AdminCommand.Kill::new);
      case "DISABLE" ->
          words() == 1 && tokens.name(first)
              ? new AdminCommand.Disable(tokens.identifier(first))
              : usage("DISABLE db");
      case "ENABLE" ->
          words() == 1 && tokens.name(first)
              ? new AdminCommand.Enable(tokens.identifier(first))
              : usage("ENABLE db");
      case "KILL_CLIENT" -> numbered("KILL_CLIENT id", first, AdminCommand.KillClient::new);
      case "CANCEL" ->
          numbered(
              "CANCEL id",
              tokens.word(first, "query") ? first + 1 : first,
              AdminCommand.Cancel::new);
      case "MAINTENANCE" -> maintenance();
      case "SHUTDOWN" -> shutdown();
      default -> null;
    };
  }

  /** {@code SET key = value} or {@code SET key TO value}; the key is known to be one of ours. */
  static AdminCommand set(SqlTokens tokens, TokenRange range) {
    return new CommandParser(tokens, range).set();
  }

  private AdminCommand set() {
    boolean assigns = tokens.operator(first + 1, "=") || tokens.word(first + 1, "to");
    int value = first + 2;
    boolean negative = tokens.operator(value, "-");
    int last = negative ? value + 1 : value;
    if (!assigns || last != end - 1) {
      return usage("SET key = value");
    }
    String text =
        tokens.is(value, TokenKind.STRING)
            ? Literals.string(tokens.slice(value))
            : tokens.slice(value, end);
    return new AdminCommand.Set(tokens.slice(first).toLowerCase(Locale.ROOT), text);
  }

  private int words() {
    return end - first;
  }

  private interface Targeted {
    AdminCommand of(AdminTarget target);
  }

  private AdminCommand targeted(String verb, Targeted command) {
    if (words() == 0) {
      return command.of(AdminTarget.ALL);
    }
    if (words() == 1 && tokens.name(first)) {
      return command.of(new AdminTarget(tokens.identifier(first), null));
    }
    if (words() == 3
        && tokens.name(first)
        && tokens.is(first + 1, TokenKind.COMMA)
        && tokens.name(first + 2)) {
      return command.of(new AdminTarget(tokens.identifier(first), tokens.identifier(first + 2)));
    }
    return usage(verb + " [db[, user]]");
  }

  private interface Numbered {
    AdminCommand of(int number);
  }

  private AdminCommand numbered(String usage, int at, Numbered command) {
    String digits = at == end - 1 && tokens.is(at, TokenKind.NUMBER) ? tokens.slice(at) : "";
    return digits.matches("[0-9]{1,9}|1[0-9]{9}|2[0-1][0-9]{8}")
            && Long.parseLong(digits) <= Integer.MAX_VALUE
        ? command.of(Integer.parseInt(digits))
        : usage(usage);
  }

  private AdminCommand maintenance() {
    boolean on = tokens.word(first, "on");
    return words() == 1 && (on || tokens.word(first, "off"))
        ? new AdminCommand.Maintenance(on)
        : usage("MAINTENANCE ON|OFF");
  }

  private AdminCommand shutdown() {
    if (words() == 0) {
      return new AdminCommand.Shutdown(StopHow.NOW);
    }
    if (words() == 1 && tokens.word(first, "wait_for_clients")) {
      return new AdminCommand.Shutdown(StopHow.WAIT_FOR_CLIENTS);
    }
    if (words() == 1 && tokens.word(first, "wait_for_servers")) {
      return new AdminCommand.Shutdown(StopHow.WAIT_FOR_SERVERS);
    }
    return usage("SHUTDOWN [WAIT_FOR_CLIENTS|WAIT_FOR_SERVERS]");
  }

  private static AdminCommand usage(String usage) {
    return new AdminCommand.Refuse(
        PgError.error(SqlState.SYNTAX_ERROR, "usage: " + usage).withHint(ShowTopic.summary()));
  }
}
