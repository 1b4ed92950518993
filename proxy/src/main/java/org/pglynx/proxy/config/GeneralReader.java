package org.pglynx.proxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code [general]}: pgcat's keys with pgcat's units, and our own. */
final class GeneralReader {
  private static final int ANY_COUNT = 1_000_000;

  /** A day: pgcat's documented server lifetime. */
  private static final long DAY_MILLIS = 86_400_000;

  /** The same of autoreload, which was true or false in its first versions. */
  private static final long PGCAT_AUTORELOAD_MILLIS = 15_000;

  private static final TimeoutConfig DEFAULT_TIMEOUTS =
      new TimeoutConfig(5_000, 120_000, 30_000, DAY_MILLIS, WorkLimits.NONE);

  private final Section section;
  private final Section listeners;

  /**
   * A reader.
   *
   * @param listeners the table of further ports
   */
  GeneralReader(Section section, Section listeners) {
    this.section = section;
    this.listeners = listeners;
  }

  GeneralConfig read() {
    AuthConfig auth = new AuthReader(section).read();
    String host = host();
    int port = section.integer("port", 6432, 0, 65_535);
    GeneralConfig general =
        new GeneralConfig(
            host,
            port,
            section.flag("so_reuseport", false),
            unixSocket(),
            section.choice("transport", TransportKind.AUTO),
            section.integer("worker_threads", 0, 0, 1_024),
            section.millis("warm_up", 0, 0),
            clients(),
            section.millis("client_login_timeout", 60_000, 0),
            new StopConfig(
                section.millis("shutdown_wait_for_clients", 0, 0),
                section.millis("shutdown_timeout", 60_000, 0)),
            autoreload(),
            new TimeoutReader(section).read(DEFAULT_TIMEOUTS),
            new SupplyReader(section).general(),
            section.integer("dns_max_ttl", 15, 1, 86_400),
            tcp(),
            log(),
            auth,
            admins(auth),
            new TlsReader(section).general(),
            section.integer("ban_time", 60, 0, 86_400),
            section.flag("validate_config", false),
            section.text("zone", ""),
            new HttpReader(section).read(),
            section.choice("target_session_attrs", TargetSessionAttrs.ANY),
            new ListenersReader(listeners).read(host, port),
            twoPhaseCommitDir(),
            new WelcomeConfig(
                section.text("login_notify_message", ""),
                section.flag("application_name_add_host", false)));
    withoutEffect();
    section.finish();
    return general;
  }

  /** Looking at it costs some milliseconds of one thread. */
  private long autoreload() {
    if (section.spelledAsFlag("autoreload")) {
      return section.flag("autoreload", false) ? PGCAT_AUTORELOAD_MILLIS : 0;
    }
    long millis = section.millis("autoreload", 0, 0);
    if (millis > 0 && millis < 100) {
      section.fault("autoreload", "must be 0, or 100 milliseconds at least");
    }
    return millis;
  }

  private String host() {
    String host = section.text("host", "0.0.0.0");
    for (String each : host.split(",", -1)) {
      if (each.isBlank()) {
        section.fault("host", "must not be empty; \"0.0.0.0\" listens on every address");
      }
    }
    return host;
  }

  private String twoPhaseCommitDir() {
    String directory = section.text("two_phase_commit_dir", "");
    if (!directory.isEmpty() && !directory.startsWith("/")) {
      section.fault("two_phase_commit_dir", "must be an absolute path; found \"" + directory + '"');
    }
    return directory;
  }

  private ClientLimitConfig clients() {
    return new ClientLimitConfig(
        section.integer("max_client_conn", 0, 0, ANY_COUNT),
        section.integer("max_db_client_connections", 0, 0, ANY_COUNT),
        section.integer("max_user_client_connections", 0, 0, ANY_COUNT),
        section.integer("reserved_admin_connections", 3, 0, 1_000),
        section.integer("login_memory_budget_mb", 128, 1, ANY_COUNT));
  }

  private UnixSocketConfig unixSocket() {
    String directory = section.text("unix_socket_dir", "");
    if (!directory.isEmpty() && !directory.startsWith("/")) {
      section.fault("unix_socket_dir", "must be an absolute path; found \"" + directory + '"');
    }
    String mode = section.text("unix_socket_mode", "0777");
    if (!mode.matches("0?[0-7]{3}")) {
      section.fault(
          "unix_socket_mode", "must be permissions as for chmod, \"0770\"; found \"" + mode + '"');
      mode = "0777";
    }
    return new UnixSocketConfig(
        directory, Integer.parseInt(mode, 8), section.text("unix_socket_group", ""));
  }

  private TcpConfig tcp() {
    return new TcpConfig(
        section.flag("tcp_keepalive", true),
        section.integer(section.spelled("tcp_keepalives_idle", "tcp_keepidle"), 5, 0, 32_767),
        section.integer(section.spelled("tcp_keepalives_count", "tcp_keepcnt"), 5, 0, 127),
        section.integer(section.spelled("tcp_keepalives_interval", "tcp_keepintvl"), 5, 0, 32_767),
        section.integer("tcp_user_timeout", 10_000, 0, Integer.MAX_VALUE));
  }

  private LogConfig log() {
    LogLevel level = section.choice("log_level", LogLevel.INFO);
    return new LogConfig(
        section.flag("log_client_connections", false),
        section.flag("log_client_disconnections", false),
        section.choice("log_format", LogFormat.TEXT),
        section.has("log_level") ? Optional.of(level) : Optional.empty(),
        new StatementLogConfig(
            section.millis("slow_query_ms", 0, 0),
            section.integer("slow_query_sample_percent", 100, 0, 100),
            section.flag("track_queries", false)),
        new TracesReader(section).read());
  }

  private List<AdminConfig> admins(AuthConfig auth) {
    AuthType authType = section.choice("admin_auth_type", AuthType.SCRAM_SHA_256);
    List<AdminConfig> admins = new ArrayList<>();
    admin("admin_username", "admin_password", authType, true).ifPresent(admins::add);
    admin("stats_username", "stats_password", authType, false).ifPresent(admins::add);
    if (admins.size() == 2 && admins.get(0).username().equals(admins.get(1).username())) {
      section.fault("stats_username", "is admin_username as well; choose another name");
    }
    listed("admin_users", true, auth, admins);
    listed("stats_users", false, auth, admins);
    return admins;
  }

  /** PgBouncer's lists: users of auth_file. Who is in several has the rights of the first. */
  private void listed(String key, boolean changes, AuthConfig auth, List<AdminConfig> admins) {
    for (String name : section.texts(key)) {
      boolean there = admins.stream().anyMatch(admin -> admin.username().equals(name));
      boolean known = auth.userlist().containsKey(name) || auth.authType() == AuthType.TRUST;
      if (!known) {
        section.notice(key, '"' + name + "\" is not in auth_file, and cannot come in");
      } else if (!there) {
        Secret secret = auth.userlist().getOrDefault(name, Secret.NONE);
        admins.add(new AdminConfig(name, secret, auth.authType(), changes));
      }
    }
  }

  private Optional<AdminConfig> admin(
      String userKey, String passwordKey, AuthType authType, boolean changes) {
    Secret password = section.secret(passwordKey, Secret.NONE);
    String username = section.text(userKey, "");
    if (username.isEmpty()) {
      if (!password.isEmpty()) {
        section.fault(passwordKey, "is given without " + userKey);
      }
      return Optional.empty();
    }
    if (password.isEmpty() && authType != AuthType.TRUST) {
      section.fault(userKey, "needs " + passwordKey + ", or admin_auth_type = \"trust\"");
    }
    return Optional.of(new AdminConfig(username, password, authType, changes));
  }

  /** Checked like any other key; what they steer is not there. */
  private void withoutEffect() {
    section.flag("dns_cache_enabled", true);
    section.withoutEffect("dns_cache_enabled", "addresses are always looked up and followed");
  }
}
