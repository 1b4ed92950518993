package org.pglynx.proxy.admin;

import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Reads {@code BAN host [seconds]} and {@code UNBAN host}. */
final class BanParser {
  /** pgcat's: as long as an automatic ban may be. */
  private static final long MAX_SECONDS = 365L * 86_400;

  private BanParser() {}

  static AdminCommand parse(String text) {
    String[] words = text.trim().replaceFirst(";\\s*$", "").trim().split("\\s+", -1);
    boolean ends = words[0].equalsIgnoreCase("unban");
    if (words.length < 2 || words.length > (ends ? 2 : 3)) {
      return refuse(ends);
    }
    String host = unquoted(words[1]);
    if (ends) {
      return new AdminCommand.Unban(host);
    }
    if (words.length == 2) {
      return new AdminCommand.Ban(host, 0);
    }
    if (!words[2].matches("[0-9]{1,9}")) {
      return refuse(false);
    }
    long seconds = Long.parseLong(words[2]);
    return seconds < 1 || seconds > MAX_SECONDS
        ? refuse(false)
        : new AdminCommand.Ban(host, seconds);
  }

  private static String unquoted(String word) {
    boolean quoted =
        word.length() >= 2
            && (word.charAt(0) == '\'' || word.charAt(0) == '"')
            && word.charAt(word.length() - 1) == word.charAt(0);
    return quoted ? word.substring(1, word.length() - 1) : word;
  }

  private static AdminCommand refuse(boolean ends) {
    return new AdminCommand.Refuse(
        PgError.error(
                SqlState.SYNTAX_ERROR,
                ends ? "usage: UNBAN hostname" : "usage: BAN hostname duration_seconds")
            .withHint(
                "The host is the one of SHOW REPLICATION; without a duration it is ban_time."));
  }
}
