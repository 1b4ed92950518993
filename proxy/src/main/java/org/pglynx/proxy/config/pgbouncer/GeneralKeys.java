package org.pglynx.proxy.config.pgbouncer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The keys of {@code [pgbouncer]}, all of version 1.25 and those that have been since. */
final class GeneralKeys {
  private static final String TLS =
      "the cipher suites and curves are those that the TLS library holds for safe";

  private final Map<String, Key> keys = new LinkedHashMap<>();

  private GeneralKeys() {
    where();
    who();
    limits();
    times();
    encryption();
    sockets();
    idle();
    refused();
  }

  /** What becomes of each, by name. */
  static Map<String, Key> all() {
    return new GeneralKeys().keys;
  }

  private void where() {
    part("listen_addr", "unix_socket_dir", "peer_id");
    take("listen_port", "port", Values::whole);
    take("unix_socket_mode", "unix_socket_mode", TomlText::quoted);
    take("unix_socket_group", "unix_socket_group", TomlText::quoted);
    take("so_reuseport", "so_reuseport", Values::flag);
  }

  private void who() {
    part("auth_type");
    for (String name : new String[] {"auth_file", "auth_hba_file", "auth_ident_file"}) {
      take(name, name, TomlText::quoted);
    }
    take("auth_user", "auth_query_user", TomlText::quoted);
    part("auth_query");
    take("auth_dbname", "auth_dbname", TomlText::quoted);
    take("admin_users", "admin_users", Values::list);
    take("stats_users", "stats_users", Values::list);
    take("login_notify_message", "login_notify_message", TomlText::quoted);
    take("application_name_add_host", "application_name_add_host", Values::flag);
  }

  private void limits() {
    for (String name :
        new String[] {
          "max_client_conn",
          "max_db_connections",
          "max_db_client_connections",
          "max_user_connections",
          "max_user_client_connections",
          "reserve_pool_size"
        }) {
      take(name, name, Values::whole);
    }
    part("pool_mode", "default_pool_size", "min_pool_size", "max_prepared_statements");
    part("server_reset_query");
    take("server_round_robin", "server_round_robin", Values::flag);
    take("server_check_query", "server_check_query", TomlText::quoted);
    take("log_connections", "log_client_connections", Values::flag);
    take("log_disconnections", "log_client_disconnections", Values::flag);
  }

  private void times() {
    take("reserve_pool_timeout", "reserve_pool_timeout", Values::seconds);
    take("server_check_delay", "server_check_delay", Values::seconds);
    take("server_lifetime", "server_lifetime", Values::seconds);
    take("server_idle_timeout", "idle_timeout", Values::seconds);
    take("server_connect_timeout", "connect_timeout", Values::seconds);
    take("client_login_timeout", "client_login_timeout", Values::seconds);
    take("autodb_idle_timeout", "autodb_idle_timeout", Values::whole);
    take("dns_max_ttl", "dns_max_ttl", Values::whole);
    for (String name :
        new String[] {
          "query_timeout",
          "query_wait_timeout",
          "client_idle_timeout",
          "idle_transaction_timeout",
          "transaction_timeout"
        }) {
      take(name, name, Values::seconds);
    }
  }

  private void encryption() {
    for (String name :
        new String[] {
          "client_tls_sslmode",
          "client_tls_key_file",
          "client_tls_cert_file",
          "client_tls_ca_file",
          "server_tls_sslmode",
          "server_tls_key_file",
          "server_tls_cert_file"
        }) {
      take(name, name, TomlText::quoted);
    }
    take("client_tls_protocols", "client_tls_protocols", GeneralKeys::versions);
    take("server_tls_protocols", "server_tls_protocols", GeneralKeys::versions);
    part("server_tls_ca_file");
    Set<String> usual = Set.of("", "secure", "default", "fast", "normal", "auto", "all", "legacy");
    for (String name :
        new String[] {
          "client_tls_ciphers",
          "client_tls13_ciphers",
          "client_tls_ecdhcurve",
          "client_tls_dheparams",
          "server_tls_ciphers",
          "server_tls13_ciphers"
        }) {
      keys.put(name, new Key.Refused(TLS + "; remove it", usual));
    }
  }

  /** PgBouncer's other words for what it does without the key. */
  private static String versions(String value) {
    return TomlText.quoted(
        value.isEmpty() || value.equals("default") || value.equals("legacy") ? "secure" : value);
  }

  private void sockets() {
    take("tcp_keepalive", "tcp_keepalive", Values::flag);
    for (String name :
        new String[] {"tcp_keepcnt", "tcp_keepidle", "tcp_keepintvl", "tcp_user_timeout"}) {
      take(name, name, Values::whole);
    }
  }

  private void idle() {
    idle("logfile", "the log goes to standard error, for whoever starts the process");
    idle("syslog", "the log goes to standard error");
    idle("syslog_facility", "the log goes to standard error");
    idle("syslog_ident", "the log goes to standard error");
    idle("pidfile", "the process stays in the foreground; whoever starts it knows its number");
    idle("user", "whoever starts the process says as whom (systemd: User=)");
    idle("verbose", "PGLYNX_LOG_LEVEL=DEBUG says more");
    idle("log_pooler_errors", "the log has what concerns the operator, whatever clients are told");
    idle("log_stats", "SHOW STATS and the metrics over HTTP have the figures");
    idle("stats_period", "averages are of the last 15 seconds");
    idle("job_name", "it has no meaning here");
    idle("service_name", "it has no meaning here");
    idle("conffile", "the file is the one named on the command line");
    idle("ignore_startup_parameters", "the server decides about the parameters of a login");
    idle("track_extra_parameters", "all parameters that a session sets are carried along");
    idle("server_reset_query_always", "what a session has left is reset in every mode");
    idle("server_fast_close", "RECONNECT waits for the end of a session");
    idle("server_login_retry", "no key says how soon a server that fails is tried again");
    idle("cancel_wait_timeout", "cancel requests do not queue for a server connection");
    idle("suspend_timeout", "there is no SUSPEND; see so_reuseport");
    idle("pool_idle_timeout", "autodb_idle_timeout is the same for pools made on demand");
    idle("query_wait_notify", "no NOTICE is sent to clients that wait");
    idle("scram_iterations", "verifiers are made with 4096 iterations");
    idle("dns_nxdomain_ttl", "a name that is not found is looked up again when it is needed");
    idle("dns_zone_check_period", "names are looked up again after dns_max_ttl");
    idle("resolv_conf", "the names are those of the system");
    idle("listen_backlog", "4096 connections may wait to be accepted");
    idle("tcp_defer_accept", "connections are accepted at once");
    idle("tcp_socket_buffer", "the kernel chooses the size of its buffers");
    idle("pkt_buf", "buffers are taken as they are needed");
    idle("sbuf_loopcnt", "one read a turn is what each connection gets");
    idle("max_packet_size", "messages pass in pieces, however long they are");
  }

  private void refused() {
    Set<String> off = Set.of("", "0");
    keys.put(
        "disable_pqexec",
        new Key.Refused("several statements in one message are always allowed here", off));
    keys.put("auth_ldap_options", new Key.Refused("LDAP is not served; use auth_query", off));
    keys.put("auth_pam_confdir", new Key.Refused("PAM is not served; use auth_query", off));
  }

  private void take(String name, String ours, UnaryOperator<String> value) {
    keys.put(name, new Key.Taken(ours, value));
  }

  private void part(String... names) {
    for (String name : names) {
      keys.put(name, new Key.Part());
    }
  }

  private void idle(String name, String why) {
    keys.put(name, new Key.Idle(why));
  }
}
