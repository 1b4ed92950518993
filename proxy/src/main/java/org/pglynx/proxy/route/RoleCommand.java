package org.pglynx.proxy.route;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The commands by which a client says where its statements go, with pgcat's words. */
public sealed interface RoleCommand {
  /**
   * {@code SET SERVER ROLE TO '…'}.
   *
   * @param role the role, or null for that of the configuration
   */
  record SetRole(@Nullable RoleSetting role) implements RoleCommand {}

  /** {@code SHOW SERVER ROLE}. */
  record ShowRole() implements RoleCommand {}

  /**
   * {@code SET PRIMARY READS TO '…'}.
   *
   * @param on whether the primary serves reads, or null for what the configuration says
   */
  record SetPrimaryReads(@Nullable Boolean on) implements RoleCommand {}

  /** {@code SHOW PRIMARY READS}. */
  record ShowPrimaryReads() implements RoleCommand {}

  /** No command is longer. */
  int MAX_LENGTH = 128;

  /** What a text is; null if it is none of these. */
  static @Nullable RoleCommand of(String sql) {
    if (sql.length() > MAX_LENGTH) {
      return null;
    }
    Matcher role = Patterns.SET_ROLE.matcher(sql);
    if (role.matches()) {
      return new SetRole(RoleSetting.of(role.group(1)));
    }
    Matcher reads = Patterns.SET_READS.matcher(sql);
    if (reads.matches()) {
      return switch (reads.group(1).toLowerCase(Locale.ROOT)) {
        case "on" -> new SetPrimaryReads(true);
        case "off" -> new SetPrimaryReads(false);
        default -> new SetPrimaryReads(null);
      };
    }
    if (Patterns.SHOW_ROLE.matcher(sql).matches()) {
      return new ShowRole();
    }
    return Patterns.SHOW_READS.matcher(sql).matches() ? new ShowPrimaryReads() : null;
  }

  /** The texts, with blanks in more places than pgcat takes them. */
  final class Patterns {
    private static final Pattern SET_ROLE =
        command("SET\\s+SERVER\\s+ROLE\\s+TO\\s+'(PRIMARY|REPLICA|ANY|AUTO|DEFAULT)'");
    private static final Pattern SHOW_ROLE = command("SHOW\\s+SERVER\\s+ROLE");
    private static final Pattern SET_READS =
        command("SET\\s+PRIMARY\\s+READS\\s+TO\\s+'?(on|off|default)'?");
    private static final Pattern SHOW_READS = command("SHOW\\s+PRIMARY\\s+READS");

    private Patterns() {}

    private static Pattern command(String text) {
      return Pattern.compile("\\s*" + text + "\\s*;?\\s*", Pattern.CASE_INSENSITIVE);
    }
  }
}
