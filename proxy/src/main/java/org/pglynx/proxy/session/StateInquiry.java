package org.pglynx.proxy.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.PgError;

/**
 * Asks a server what a session has left on it. The server's own word is right whatever ran: SET
 * LOCAL, savepoints, a rollback, TO DEFAULT, a lock taken twice and released once.
 *
 * <p>All names are qualified, as the client may have set any search_path, and values come as
 * hexadecimal UTF-8, as it may have set any client_encoding.
 */
final class StateInquiry implements Inquiry {
  /** Receives the answer. */
  interface Asker {
    /** The answer to the question about the bits; or the error instead of it. */
    void answered(StateInquiry inquiry, @Nullable PgError error);
  }

  /** What {@link SessionEffects} can be asked for. */
  static final int EVERYTHING =
      SessionEffects.SETTING
          | SessionEffects.ROLE
          | SessionEffects.PREPARE
          | SessionEffects.LISTEN
          | SessionEffects.TEMPORARY
          | SessionEffects.HOLD
          | SessionEffects.ADVISORY;

  /**
   * Those of the present transaction belong to nobody, though Postgres may list them as the
   * session's: PostgreSQL 15 does for ever once COMMIT AND CHAIN has run in the session.
   */
  private static final String SETTINGS =
      "SELECT 'setting', pg_catalog.encode(pg_catalog.convert_to(name, 'UTF8'), 'hex'),"
          + " pg_catalog.encode(pg_catalog.convert_to(setting, 'UTF8'), 'hex')"
          + " FROM pg_catalog.pg_settings WHERE source OPERATOR(pg_catalog.=) 'session'"
          + " AND name OPERATOR(pg_catalog.<>) ALL (ARRAY['transaction_isolation',"
          + " 'transaction_read_only', 'transaction_deferrable'])";

  private static final String STATEMENTS =
      "SELECT 'statement', pg_catalog.encode(pg_catalog.convert_to(name, 'UTF8'), 'hex'), NULL"
          + " FROM pg_catalog.pg_prepared_statements WHERE from_sql";

  private static final String CHANNELS =
      "SELECT 'channel', pg_catalog.encode(pg_catalog.convert_to(channel, 'UTF8'), 'hex'), NULL"
          + " FROM pg_catalog.pg_listening_channels() channel";

  private final int bits;
  private final Asker asker;
  private final String sql;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Set<String> statements = new LinkedHashSet<>();
  private final Set<String> channels = new LinkedHashSet<>();
  private int kept;

  /**
   * A question.
   *
   * @param bits what to ask for, of {@link #EVERYTHING}
   * @param custom parameters that the server lists nowhere
   */
  StateInquiry(int bits, Collection<String> custom, Asker asker) {
    this.bits = bits;
    this.asker = asker;
    this.sql = question(custom);
  }

  private String question(Collection<String> custom) {
    StringBuilder text = new StringBuilder("/* pglynx */ ");
    if (asks(SessionEffects.SETTING)) {
      add(text, SETTINGS);
      custom.forEach(name -> add(text, custom(name)));
    }
    if (asks(SessionEffects.PREPARE)) {
      add(text, STATEMENTS);
    }
    flag(
        text,
        SessionEffects.ROLE,
        "pg_catalog.current_setting('role')"
            + " OPERATOR(pg_catalog.<>) 'none' OR EXISTS (SELECT FROM"
            + " pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a WHERE"
            + " pg_catalog.pg_get_userbyid(a.usesysid) OPERATOR(pg_catalog.<>) session_user)");
    if (asks(SessionEffects.LISTEN)) {
      add(text, CHANNELS);
    }
    // Every kind of object depends on its schema, and the index on that is small.
    flag(
        text,
        SessionEffects.TEMPORARY,
        "EXISTS (SELECT FROM pg_catalog.pg_depend WHERE refclassid"
            + " OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass AND refobjid"
            + " OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema())");
    flag(text, SessionEffects.HOLD, "EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable)");
    flag(
        text,
        SessionEffects.ADVISORY,
        "EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype"
            + " OPERATOR(pg_catalog.=) 'advisory' AND pid OPERATOR(pg_catalog.=)"
            + " pg_catalog.pg_backend_pid())");
    return text.toString();
  }

  private boolean asks(int bit) {
    return SessionEffects.any(bits, bit);
  }

  private void add(StringBuilder text, String part) {
    text.append(text.charAt(text.length() - 2) == '/' ? "" : " UNION ALL ").append(part);
  }

  private void flag(StringBuilder text, int bit, String condition) {
    if (asks(bit)) {
      add(text, "SELECT '" + bit + "', NULL, NULL WHERE " + condition);
    }
  }

  /** The name as bytes, too: it may hold any character. */
  private static String custom(String name) {
    String hex = HexFormat.of().formatHex(name.getBytes(UTF_8));
    return "SELECT 'setting', '"
        + hex
        + "', pg_catalog.encode(pg_catalog.convert_to("
        + "pg_catalog.current_setting(pg_catalog.convert_from(pg_catalog.decode('"
        + hex
        + "', 'hex'), 'UTF8'), true), 'UTF8'), 'hex')";
  }

  @Override
  public String sql() {
    return sql;
  }

  @Override
  public void row(@Nullable String[] values) {
    String kind = values[0];
    String name = values[1];
    String value = values[2];
    if ("statement".equals(kind) && name != null) {
      kept |= SessionEffects.PREPARE;
      statements.add(text(name));
    } else if ("channel".equals(kind) && name != null) {
      channels.add(text(name));
    } else if (!"setting".equals(kind) && kind != null) {
      kept |= Integer.parseInt(kind);
    } else if (name != null && value != null) {
      settings.put(text(name), text(value));
    }
  }

  private static String text(String hex) {
    return new String(HexFormat.of().parseHex(hex), UTF_8);
  }

  @Override
  public void answered(@Nullable PgError error) {
    asker.answered(this, error);
  }

  /** What was asked for. */
  int bits() {
    return bits;
  }

  /** What of it is there. */
  int kept() {
    return kept;
  }

  /** Whether the parameters were asked for. */
  boolean asksSettings() {
    return asks(SessionEffects.SETTING);
  }

  /** The parameters that the session has set. */
  Map<String, String> settings() {
    return settings;
  }

  /** The channels that the server listens on for the session. */
  Set<String> channels() {
    return channels;
  }

  /** The names of the statements that SQL has prepared. */
  Set<String> statements() {
    return statements;
  }
}
