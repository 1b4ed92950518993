package org.pglynx.proxy.reload;

import java.util.Set;

/** The settings that only a start can bring into effect. */
final class RestartKeys {
  private static final String GENERAL = "general.";

  private static final Set<String> OF_GENERAL =
      Set.of(
          "host",
          "port",
          "so_reuseport",
          "unix_socket_dir",
          "unix_socket_mode",
          "unix_socket_group",
          "transport",
          "worker_threads",
          "warm_up",
          "peer_id",
          "login_memory_budget_mb",
          "dns_max_ttl",
          "tcp_keepalive",
          "tcp_keepalives_idle",
          "tcp_keepidle",
          "tcp_keepalives_count",
          "tcp_keepcnt",
          "tcp_keepalives_interval",
          "tcp_keepintvl",
          "tcp_user_timeout",
          "max_auto_pools",
          "autodb_idle_timeout",
          "http_host",
          "http_port",
          "enable_prometheus_exporter",
          "prometheus_exporter_port");

  private RestartKeys() {}

  static boolean ofGeneral(String key) {
    return key.startsWith(GENERAL);
  }

  static boolean contains(String key) {
    return key.startsWith("ml.")
        || key.startsWith("peers.")
        || key.startsWith("listeners.")
        || key.startsWith(GENERAL) && OF_GENERAL.contains(key.substring(GENERAL.length()));
  }
}
