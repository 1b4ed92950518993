package org.pglynx.proxy.admin;

import java.util.Locale;
import java.util.Set;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Reads {@code BAN host [seconds]}, {@code UNBAN host}, {@code DRAIN host} and {@code UNDRAIN
 * host}; a port may follow the host: {@code 10.0.0.3:5432}.
 */
final class BanParser {
  static final Set<String> VERBS = Set.of("ban", "unban", "drain", "undrain");

  /** pgcat's: as long as an automatic ban may be. */
  private static final long MAX_SECONDS = 365L * 86_400;

  private BanParser() {}

  static AdminCommand parse(String text) {
    String[] words = text.trim().replaceFirst(";\\s*$", "").trim().split("\\s+", -1);
    String verb = words[0].toUpperCase(Locale.ROOT);
    if (words.length < 2 || words.length > (verb.equals("BAN") ? 3 : 2)) {
      return refuse(verb);
    }
    String host = unquoted(words[1]);
    return switch (verb) {
      case "UNBAN" -> new AdminCommand.Unban(host);
      case "DRAIN" -> new AdminCommand.Drain(host);
      case "UNDRAIN" -> new AdminCommand.Undrain(host);
      default -> words.length == 2 ? new AdminCommand.Ban(host, 0) : ban(host, words[2]);
    };
  }

  private static AdminCommand ban(String host, String duration) {
    if (!duration.matches("[0-9]{1,9}")) {
      return refuse("BAN");
    }
    long seconds = Long.parseLong(duration);
    return seconds < 1 || seconds > MAX_SECONDS
        ? refuse("BAN")
        : new AdminCommand.Ban(host, seconds);
  }

  private static String unquoted(String word) {
    boolean quoted =
        word.length() >= 2
            && (word.charAt(0) == '\'' || word.charAt(0) == '"')
            && word.charAt(word.length() - 1) == word.charAt(0);
    return quoted ? word.substring(1, word.length() - 1) : word;
  }

  private static AdminCommand refuse(String verb) {
    boolean lasts = verb.equals("BAN");
    return new AdminCommand.Refuse(
        PgError.error(
                SqlState.SYNTAX_ERROR,
                "usage: " + verb + (lasts ? " hostname duration_seconds" : " hostname"))
            .withHint(
                "The host is the one of SHOW REPLICATION, with :port if it has several servers"
                    + (lasts ? "; without a duration it is ban_time." : ".")));
  }
}
