package org.pglynx.proxy.config.pgbouncer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.Spelling;

/** Writes {@code [general]}: what {@code [pgbouncer]} says, and PgBouncer's defaults else. */
final class GeneralTable {
  /** Where PgBouncer's defaults are not ours; in our units. */
  private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("max_client_conn", "100");
    DEFAULTS.put("connect_timeout", "15000");
    DEFAULTS.put("query_wait_timeout", "120000");
    DEFAULTS.put("idle_timeout", "600000");
    DEFAULTS.put("server_lifetime", "3600000");
    DEFAULTS.put("server_tls_sslmode", "\"prefer\"");
    DEFAULTS.put("tcp_keepidle", "0");
    DEFAULTS.put("tcp_keepcnt", "0");
    DEFAULTS.put("tcp_keepintvl", "0");
    DEFAULTS.put("tcp_user_timeout", "0");
    DEFAULTS.put("log_client_connections", "true");
    DEFAULTS.put("log_client_disconnections", "true");
  }

  private final PgbouncerFile file;
  private final Map<String, Key> keys = GeneralKeys.all();
  private final Map<String, String> defaults = new LinkedHashMap<>(DEFAULTS);

  GeneralTable(PgbouncerFile file) {
    this.file = file;
  }

  void write() {
    file.out().line("[general]", null);
    address();
    file.settings().values().forEach(this::key);
    defaults.forEach((name, value) -> file.out().line(name + " = " + value, null));
    socketDirectory();
    authType();
    authQuery();
    authorities();
    peerId();
  }

  private void key(IniEntry entry) {
    @Nullable Key key = keys.get(entry.key().toLowerCase(java.util.Locale.ROOT));
    String value = entry.value();
    switch (key) {
      case null ->
          file.fault(
              entry,
              entry.key()
                  + ": is no key of PgBouncer's"
                  + Spelling.suggestion(entry.key(), keys.keySet()));
      case Key.Taken taken -> {
        defaults.remove(taken.name());
        file.out().line(taken.name() + " = " + taken.value().apply(value), entry);
      }
      case Key.Part _ -> {
        // Written with the others that it belongs to.
      }
      case Key.Idle idle -> file.notice(entry, entry.key() + " has no effect: " + idle.why());
      case Key.Refused refused -> {
        if (!refused.off().contains(value)) {
          file.fault(entry, entry.key() + " is not served: " + refused.remedy());
        }
      }
    }
  }

  private void address() {
    IniEntry entry = file.entry("listen_addr");
    String address = file.setting("listen_addr", "");
    if (address.isEmpty()) {
      file.notice(
          entry,
          "listen_addr: without it PgBouncer listens on a Unix socket only; here it is 127.0.0.1"
              + " as well");
      address = "127.0.0.1";
    }
    String hosts =
        Stream.of(address.split(",", -1))
            .map(String::strip)
            .map(each -> each.equals("*") ? "0.0.0.0" : each)
            .collect(Collectors.joining(","));
    file.out().line("host = " + TomlText.quoted(hosts), entry);
  }

  private void socketDirectory() {
    String directory = file.setting("unix_socket_dir", "/tmp");
    IniEntry entry = file.entry("unix_socket_dir");
    if (directory.startsWith("@")) {
      file.fault(entry, "unix_socket_dir: abstract sockets are not served; name a directory");
    } else {
      file.out().line("unix_socket_dir = " + TomlText.quoted(directory), entry);
    }
  }

  private void authType() {
    IniEntry entry = file.entry("auth_type");
    String type = file.setting("auth_type", "md5");
    switch (type) {
      case "hba" -> {
        if (file.setting("auth_hba_file", "").isEmpty()) {
          file.fault(entry, "auth_type: \"hba\" needs auth_hba_file");
        }
      }
      case "plain" -> {
        file.out().line("auth_type = \"password\"", entry);
        file.out().line("allow_plaintext_password = true", entry);
      }
      case "any", "ldap", "pam" ->
          file.fault(
              entry,
              "auth_type: \""
                  + type
                  + "\" is not served; use \"scram-sha-256\" with auth_file or auth_query");
      default -> file.out().line("auth_type = " + TomlText.quoted(type), entry);
    }
  }

  /** In PgBouncer a query may stand there although nobody is named who asks it. */
  private void authQuery() {
    IniEntry entry = file.entry("auth_query");
    if (entry != null && !file.setting("auth_user", "").isEmpty()) {
      file.out().line("auth_query = " + TomlText.quoted(entry.value()), entry);
    } else if (entry != null) {
      file.notice(entry, "auth_query has no effect: no auth_user asks it for all databases");
    }
  }

  /** In PgBouncer they may stand there although nothing is checked against them. */
  private void authorities() {
    IniEntry entry = file.entry("server_tls_ca_file");
    if (entry != null) {
      if (file.setting("server_tls_sslmode", "prefer").startsWith("verify")) {
        file.out().line("server_tls_ca_file = " + TomlText.quoted(entry.value()), entry);
      } else {
        file.notice(
            entry,
            "server_tls_ca_file has no effect: only server_tls_sslmode = verify-ca and verify-full"
                + " check certificates");
      }
    }
  }

  private void peerId() {
    IniEntry entry = file.entry("peer_id");
    if (entry != null) {
      file.out().line("peer_id = " + Values.whole(entry.value()), entry);
    }
  }
}
