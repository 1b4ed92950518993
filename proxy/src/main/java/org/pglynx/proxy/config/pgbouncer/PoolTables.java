package org.pglynx.proxy.config.pgbouncer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code [pools.NAME]} for each database: its server, any user that auth_file or auth_query
 * knows, and beside them the users that have settings of their own.
 */
final class PoolTables {
  private static final String ANY = "*";

  /** PostgreSQL's names of the encoding that server connections have. */
  private static final Set<String> UTF8 = Set.of("UTF8", "UTF-8", "UNICODE");

  /** As many as a pool may have: PgBouncer's 0 is no limit. */
  private static final String UNLIMITED = "10000";

  /** Keys of a database that pools have as well, and how their values are written. */
  private static final Map<String, UnaryOperator<String>> POOL_KEYS =
      Map.of(
          "max_db_client_connections", Values::whole,
          "server_lifetime", Values::seconds,
          "query_wait_timeout", Values::seconds,
          "auth_dbname", TomlText::quoted,
          "datestyle", TomlText::quoted,
          "timezone", TomlText::quoted);

  /** The same of a user. */
  private static final Map<String, UnaryOperator<String>> USER_KEYS =
      Map.of(
          "reserve_pool_size", Values::whole,
          "pool_mode", TomlText::quoted,
          "max_user_connections", Values::whole,
          "max_user_client_connections", Values::whole,
          "query_timeout", Values::seconds,
          "query_wait_timeout", Values::seconds,
          "idle_transaction_timeout", Values::seconds,
          "transaction_timeout", Values::seconds,
          "client_idle_timeout", Values::seconds);

  private static final List<String> DATABASE_KEYS =
      List.of(
          "dbname",
          "host",
          "port",
          "user",
          "password",
          "auth_user",
          "auth_query",
          "auth_dbname",
          "pool_size",
          "min_pool_size",
          "reserve_pool_size",
          "reserve_pool",
          "connect_query",
          "pool_mode",
          "query_wait_timeout",
          "load_balance_hosts",
          "max_db_connections",
          "max_db_client_connections",
          "server_lifetime",
          "client_encoding",
          "datestyle",
          "timezone",
          "application_name");

  private final PgbouncerFile file;

  PoolTables(PgbouncerFile file) {
    this.file = file;
  }

  void write(List<IniEntry> databases, List<IniEntry> users) {
    if (databases.isEmpty()) {
      file.fault(null, "[databases] is missing or empty");
    }
    for (IniEntry database : databases) {
      database(database, users);
    }
  }

  private void line(String key, String value, @Nullable IniEntry entry) {
    file.out().line(key + " = " + value, entry);
  }

  // ---- a database ------------------------------------------------------------------------------

  private void database(IniEntry entry, List<IniEntry> users) {
    Map<String, String> pairs = file.pairs(entry);
    String table = "[pools." + TomlText.quoted(entry.key());
    file.out().line(table + "]", entry);
    pool(entry, pairs);
    List<String> hosts = hosts(entry, pairs);
    if (hosts.size() > 1) {
      balancing(entry, pairs);
    }
    String poolSize = poolSize(pairs.remove("pool_size"));
    forcedUser(entry, pairs, poolSize);
    connectQuery(entry, pairs, table);
    file.out().line(table + ".shards.0]", entry);
    servers(entry, pairs, hosts);
    file.out().line(table + ".users.\"*\"]", entry);
    anyUser(entry, pairs, poolSize);
    int number = 0;
    for (IniEntry user : users) {
      file.out().line(table + ".users." + number++ + "]", user);
      user(user, entry, pairs, poolSize);
    }
    refuse(entry, pairs);
    pairs.keySet().removeAll(List.of("user", "password", "min_pool_size"));
    file.unknown(entry, pairs.keySet(), DATABASE_KEYS);
  }

  private void pool(IniEntry entry, Map<String, String> pairs) {
    String mode = pairs.remove("pool_mode");
    line(
        "pool_mode",
        TomlText.quoted(mode == null ? file.setting("pool_mode", "session") : mode),
        mode == null ? file.entry("pool_mode") : entry);
    String statements = file.setting("max_prepared_statements", "200");
    line(
        "prepared_statements_cache_size",
        Values.whole(statements),
        file.entry("max_prepared_statements"));
    reset();
    String reserve = pairs.remove("reserve_pool");
    String reserveSize = pairs.remove("reserve_pool_size");
    if (reserve != null || reserveSize != null) {
      String size = reserveSize == null ? String.valueOf(reserve) : reserveSize;
      line("reserve_pool_size", Values.whole(size), entry);
    }
    POOL_KEYS.forEach((key, written) -> {
      String value = pairs.remove(key);
      if (value != null) {
        line(key, written.apply(value), entry);
      }
    });
    authUser(entry, pairs);
  }

  /** What a session left is asked of the server and reset: DISCARD ALL is more than is needed. */
  private void reset() {
    IniEntry entry = file.entry("server_reset_query");
    String query = entry == null ? "DISCARD ALL" : entry.value();
    if (query.isEmpty()) {
      line("cleanup_server_connections", "false", entry);
    } else if (!query.equalsIgnoreCase("DISCARD ALL")) {
      file.notice(
          entry,
          "server_reset_query is not run: what a session has left is found out and reset, as by"
              + " DISCARD ALL");
    }
  }

  private void authUser(IniEntry entry, Map<String, String> pairs) {
    String user = pairs.remove("auth_user");
    String query = pairs.remove("auth_query");
    if (user != null) {
      line("auth_query_user", TomlText.quoted(user), entry);
      IniEntry general = file.entry("auth_query");
      if (query == null && general != null) {
        line("auth_query", TomlText.quoted(general.value()), general);
      }
    }
    if (query != null) {
      line("auth_query", TomlText.quoted(query), entry);
    }
  }

  private String poolSize(@Nullable String own) {
    String size = own == null ? file.setting("default_pool_size", "20") : own;
    return size.equals("0") ? UNLIMITED : Values.whole(size);
  }

  /** In PgBouncer all clients of such a database share one pool. */
  private void forcedUser(IniEntry entry, Map<String, String> pairs, String poolSize) {
    String most = pairs.remove("max_db_connections");
    if (most != null) {
      line("max_db_connections", Values.whole(most), entry);
    } else if (pairs.containsKey("user") && !poolSize.equals(UNLIMITED)) {
      line("max_db_connections", poolSize, entry);
    }
  }

  /** It is what pgcat's prewarmer does. */
  private void connectQuery(IniEntry entry, Map<String, String> pairs, String table) {
    String query = pairs.remove("connect_query");
    if (query != null) {
      file.out().line(table + ".plugins.prewarmer]", entry);
      line("enabled", "true", entry);
      line("queries", "[" + TomlText.quoted(query) + "]", entry);
    }
  }

  // ---- its servers -----------------------------------------------------------------------------

  private List<String> hosts(IniEntry entry, Map<String, String> pairs) {
    String host = pairs.remove("host");
    if (host == null || host.isEmpty()) {
      String directory = file.setting("unix_socket_dir", "/tmp");
      return List.of(directory.isEmpty() ? "/tmp" : directory);
    }
    List<String> hosts = new ArrayList<>();
    for (String each : host.split(",")) {
      if (each.startsWith("@")) {
        file.fault(entry, "host: abstract sockets are not served; name a directory or a host");
      }
      hosts.add(each.strip());
    }
    return hosts;
  }

  private void balancing(IniEntry entry, Map<String, String> pairs) {
    String how = pairs.remove("load_balance_hosts");
    if (how != null && !how.equals("round-robin")) {
      file.fault(
          entry,
          "load_balance_hosts: only \"round-robin\" is served; with several hosts \"auto\" servers"
              + " and default_role = \"primary\" follow the primary");
    }
    line("load_balancing_mode", "\"round_robin\"", entry);
    line("default_role", "\"any\"", entry);
    file.notice(
        entry,
        "the hosts of "
            + entry.key()
            + " take turns, as in PgBouncer; default_role = \"primary\" would follow the one that"
            + " is the primary");
  }

  private void servers(IniEntry entry, Map<String, String> pairs, List<String> hosts) {
    String database = pairs.remove("dbname");
    if (database != null) {
      line("database", TomlText.quoted(database), entry);
    }
    String given = pairs.remove("port");
    String port = Values.whole(given == null ? "5432" : given);
    pairs.remove("load_balance_hosts");
    String role = hosts.size() > 1 ? "auto" : "primary";
    List<String> servers = new ArrayList<>();
    hosts.forEach(
        host -> servers.add("[" + TomlText.quoted(host) + ", " + port + ", \"" + role + "\"]"));
    line("servers", "[" + String.join(", ", servers) + "]", entry);
  }

  // ---- its users -------------------------------------------------------------------------------

  private void anyUser(IniEntry entry, Map<String, String> pairs, String poolSize) {
    line("pool_size", poolSize, entry);
    login(entry, pairs);
    minPoolSize(entry, pairs);
  }

  private void login(IniEntry entry, Map<String, String> pairs) {
    String user = pairs.get("user");
    String password = pairs.get("password");
    if (user != null) {
      line("server_username", TomlText.quoted(user), entry);
    }
    if (password != null) {
      line("server_password", TomlText.quoted(password), entry);
    }
  }

  private void minPoolSize(IniEntry entry, Map<String, String> pairs) {
    String own = pairs.get("min_pool_size");
    String size = own == null ? file.setting("min_pool_size", "0") : own;
    if (size.equals("0")) {
      return;
    }
    if (entry.key().equals(ANY)) {
      file.notice(entry, "min_pool_size has no effect on the databases that * stands for");
    } else {
      line("min_pool_size", Values.whole(size), own == null ? file.entry("min_pool_size") : entry);
    }
  }

  private void user(
      IniEntry user, IniEntry database, Map<String, String> databasePairs, String poolSize) {
    Map<String, String> pairs = new LinkedHashMap<>(file.pairs(user));
    line("username", TomlText.quoted(user.key()), user);
    String own = pairs.remove("pool_size");
    line("pool_size", own == null ? poolSize : poolSize(own), own == null ? database : user);
    login(database, databasePairs);
    USER_KEYS.forEach((key, written) -> {
      String value = pairs.remove(key);
      if (value != null) {
        line(key, written.apply(value), user);
      }
    });
    List<String> known = new ArrayList<>(USER_KEYS.keySet());
    known.add("pool_size");
    file.unknown(user, pairs.keySet(), known);
  }

  // ---- what is not served ----------------------------------------------------------------------

  private void refuse(IniEntry entry, Map<String, String> pairs) {
    String encoding = pairs.remove("client_encoding");
    if (encoding != null && !UTF8.contains(encoding.toUpperCase(Locale.ROOT))) {
      file.fault(
          entry,
          "client_encoding of a database is not served but for UTF8, which clients get that ask for"
              + " none; give it to the clients (PGCLIENTENCODING), whose own is carried along");
    }
    if (pairs.remove("application_name") != null) {
      file.notice(entry, "application_name has no effect: the client's own is carried along");
    }
  }
}
