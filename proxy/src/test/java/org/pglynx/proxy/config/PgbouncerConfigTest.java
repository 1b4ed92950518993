package org.pglynx.proxy.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unit: what a pgbouncer.ini means here. */
class PgbouncerConfigTest {
  @TempDir private Path directory = Path.of("");

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private ProxyConfig load(String ini) throws IOException {
    return new ConfigFile(write("pgbouncer.ini", ini), Map.of()).load();
  }

  private List<String> faults(String ini) throws IOException {
    Path file = write("pgbouncer.ini", ini);
    try {
      new ConfigFile(file, Map.of()).load();
      return List.of();
    } catch (ConfigException e) {
      return e.faults().stream()
          .map(ConfigFault::toString)
          .map(fault -> fault.replace(directory + "/", ""))
          .toList();
    }
  }

  private static final String USERS =
      """
      "anna" "secret"
      "baz" "md5dcf0b3b1a3a1bde2a3aab6b2f0a0a8b1"
      "boss" "b055"
      """;

  private static final String TYPICAL =
      """
      ;; a file as it is found on servers
      [databases]
      shop = host=db1.example.com port=5433 dbname=shop_db pool_size=50 reserve_pool_size=10
      forced = host=db1.example.com user=baz password='it''s' max_db_connections=7
      reports = host=r1,r2 pool_mode=session
      * = host=fallback.example.com

      [users]
      anna = pool_size=5 pool_mode=statement max_user_connections=9 query_timeout=2.5

      [pgbouncer]
      logfile = /var/log/pgbouncer/pgbouncer.log
      pidfile = /var/run/pgbouncer/pgbouncer.pid
      listen_addr = *
      listen_port = 6543
      unix_socket_dir = /var/run/postgresql
      auth_type = scram-sha-256
      auth_file = userlist.txt
      admin_users = boss, anna
      stats_users = anna, baz
      pool_mode = transaction
      ignore_startup_parameters = extra_float_digits
      server_reset_query = DISCARD ALL
      server_check_query = select 1
      max_client_conn = 2000
      default_pool_size = 30
      min_pool_size = 2
      server_idle_timeout = 0.5
      """;

  @Test
  void a_typical_file_keeps_its_meaning() throws IOException {
    write("userlist.txt", USERS);

    ProxyConfig config = load(TYPICAL);

    GeneralConfig general = config.general();
    assertThat(general.host()).isEqualTo("0.0.0.0");
    assertThat(general.port()).isEqualTo(6543);
    assertThat(general.unixSocket().directory()).isEqualTo("/var/run/postgresql");
    assertThat(general.auth().authType()).isEqualTo(AuthType.SCRAM_SHA_256);
    assertThat(general.clients().process()).isEqualTo(2000);
    assertThat(general.supply().check().query()).isEqualTo("select 1");
    assertThat(general.timeouts().idleTimeoutMillis()).isEqualTo(500);
    assertThat(general.admins())
        .extracting(AdminConfig::username, AdminConfig::changes)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("boss", true),
            org.assertj.core.groups.Tuple.tuple("anna", true),
            org.assertj.core.groups.Tuple.tuple("baz", false));
    assertThat(config.pools()).containsOnlyKeys("shop", "forced", "reports", "*");
  }

  @Test
  void a_database_has_its_server_and_any_user_of_the_userlist() throws IOException {
    write("userlist.txt", USERS);

    PoolConfig shop = requireNonNull(load(TYPICAL).pools().get("shop"));

    assertThat(shop.poolMode()).isEqualTo(PoolMode.TRANSACTION);
    assertThat(shop.shard().database()).isEqualTo("shop_db");
    assertThat(shop.shard().primary()).hasToString("db1.example.com:5433");
    UserConfig any = requireNonNull(shop.users().get("*"));
    assertThat(any.poolSize()).isEqualTo(50);
    assertThat(any.minPoolSize()).isEqualTo(2);
    assertThat(any.supply().reserveSize()).isEqualTo(10);
  }

  @Test
  void a_user_with_settings_of_its_own_has_them_in_every_database() throws IOException {
    write("userlist.txt", USERS);

    ProxyConfig config = load(TYPICAL);

    assertThat(config.pools().values())
        .allSatisfy(pool -> {
          UserConfig anna = requireNonNull(pool.users().get("anna"));
          assertThat(anna.poolSize()).isEqualTo(5);
          assertThat(anna.poolMode()).isEqualTo(PoolMode.STATEMENT);
          assertThat(anna.supply().limits().user()).isEqualTo(9);
          assertThat(anna.timeouts().work().queryMillis()).isEqualTo(2_500);
        });
  }

  @Test
  void clients_of_a_database_with_one_login_share_its_connections() throws IOException {
    write("userlist.txt", USERS);

    PoolConfig forced =
        requireNonNull(load(TYPICAL.replace(" max_db_connections=7", "")).pools().get("forced"));

    UserConfig any = requireNonNull(forced.users().get("*"));
    assertThat(any.serverUsername()).isEqualTo("baz");
    assertThat(any.serverPassword()).isEqualTo(new Secret("it's"));
    assertThat(any.supply().limits().database()).isEqualTo(30);
  }

  @Test
  void several_hosts_take_turns() throws IOException {
    write("userlist.txt", USERS);

    PoolConfig reports = requireNonNull(load(TYPICAL).pools().get("reports"));

    assertThat(reports.shard().servers())
        .extracting(ServerConfig::kind)
        .containsExactly(ServerKind.AUTO, ServerKind.AUTO);
    assertThat(reports.balancing().mode()).isEqualTo(BalancingMode.ROUND_ROBIN);
    assertThat(reports.balancing().defaultRole()).isEqualTo(DefaultRole.ANY);
  }

  @Test
  void what_is_not_said_is_as_in_pgbouncer() throws IOException {
    write("userlist.txt", USERS);

    ProxyConfig config =
        load(
            "[databases]\nshop = host=db1\n[pgbouncer]\nlisten_addr = ::1\nauth_file = userlist.txt\n");

    GeneralConfig general = config.general();
    assertThat(general.port()).isEqualTo(6432);
    assertThat(general.unixSocket().directory()).isEqualTo("/tmp");
    assertThat(general.auth().authType()).isEqualTo(AuthType.MD5);
    assertThat(general.clients().process()).isEqualTo(100);
    assertThat(general.timeouts())
        .isEqualTo(new TimeoutConfig(15_000, 120_000, 600_000, 3_600_000, WorkLimits.NONE));
    assertThat(general.tls().servers().mode()).isEqualTo(TlsMode.PREFER);
    assertThat(general.log()).isEqualTo(new LogConfig(true, true));
    PoolConfig shop = requireNonNull(config.pools().get("shop"));
    assertThat(shop.poolMode()).isEqualTo(PoolMode.SESSION);
    assertThat(shop.preparedStatementsCacheSize()).isEqualTo(200);
    assertThat(requireNonNull(shop.users().get("*")).poolSize()).isEqualTo(20);
  }

  @Test
  void what_has_no_effect_is_told_with_file_and_line() throws IOException {
    write("userlist.txt", USERS);

    List<String> notices =
        load(TYPICAL).notices().stream()
            .map(notice -> notice.toString().replace(directory + "/", ""))
            .toList();

    assertThat(notices)
        .anySatisfy(
            notice -> assertThat(notice).startsWith("pgbouncer.ini:12:1: logfile has no effect: "))
        .anySatisfy(notice ->
            assertThat(notice)
                .startsWith("pgbouncer.ini:22:1: ignore_startup_parameters has no effect: "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          listen_prot = 6432            | pgbouncer.ini:5:1: listen_prot: is no key of PgBouncer's; did you mean "listen_port"?
          listen_port = often           | pgbouncer.ini:5:1: general.port: expected a whole number, found the text "often"
          listen_port = 99999           | pgbouncer.ini:5:1: general.port: 99999 is out of range; allowed is 0 to 65535
          auth_type = pam               | pgbouncer.ini:5:1: auth_type: "pam" is not served; use "scram-sha-256" with auth_file or auth_query
          disable_pqexec = 1            | pgbouncer.ini:5:1: disable_pqexec is not served: several statements in one message are always allowed here
          client_tls_ciphers = HIGH     | pgbouncer.ini:5:1: client_tls_ciphers is not served: the cipher suites and curves are those that the TLS library holds for safe; remove it
          client_tls_protocols = tlsv1.4| pgbouncer.ini:5:1: general.client_tls_protocols: must be "secure", or some of tlsv1.2, tlsv1.3 between commas; found "tlsv1.4"
          auth_type = ldap              | pgbouncer.ini:5:1: auth_type: "ldap" is not served; use "scram-sha-256" with auth_file or auth_query
          auth_type = any               | pgbouncer.ini:5:1: auth_type: "any" is not served; use "scram-sha-256" with auth_file or auth_query
          auth_ldap_options = x         | pgbouncer.ini:5:1: auth_ldap_options is not served: LDAP is not served; use auth_query
          unix_socket_dir = @abstract   | pgbouncer.ini:5:1: unix_socket_dir: abstract sockets are not served; name a directory
          auth_file = nowhere.txt       | pgbouncer.ini:5:1: general.auth_file: no such file: nowhere.txt
          pool_mode = fast              | pgbouncer.ini:5:1: pools.shop.pool_mode: "fast" is not one of "transaction", "statement", "session"
          listen_addr = 10.0.0.1,,::1   | pgbouncer.ini:5:1: general.host: must not be empty; "0.0.0.0" listens on every address
          """)
  void what_cannot_be_taken_is_told_with_file_and_line(String line, String fault)
      throws IOException {
    write("userlist.txt", USERS);
    String ini = "[databases]\nshop = host=db1\n[pgbouncer]\nauth_user = boss\n" + line + "\n";

    assertThat(faults(ini)).contains(fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host=db1 prot=5432            | pgbouncer.ini:2:1: shop: unknown key "prot"; did you mean "port"?
          host=db1 port=5432 port=5433  | pgbouncer.ini:2:1: shop: port is given twice
          host=db1 password='x          | pgbouncer.ini:2:1: shop: a text in ' has no end
          host=db1 client_encoding=BIG5 | pgbouncer.ini:2:1: client_encoding of a database is not served but for UTF8, which clients get that ask for none; give it to the clients (PGCLIENTENCODING), whose own is carried along
          host=db1 port=none            | pgbouncer.ini:2:1: pools.shop.shards.0.servers[0]: expected ["host", port, "primary"]
          """)
  void a_faulty_database_is_told_with_file_and_line(String value, String fault) throws IOException {
    assertThat(faults("[databases]\nshop = " + value + "\n[pgbouncer]\nauth_user = boss\n"))
        .contains(fault);
  }

  @Test
  void what_is_less_usual_keeps_its_meaning_as_well() throws IOException {
    ProxyConfig config =
        load(
            """
            [databases]
            shop = host=db1 connect_query='SET lock_timeout = ''5s'''
            forcedb = host=db1 client_encoding=UNICODE datestyle=ISO timezone='Europe/Riga'
            [pgbouncer]
            login_notify_message = Hello from the pooler
            application_name_add_host = 1
            client_tls_ciphers = fast
            listen_addr = 127.0.0.1, ::1
            unix_socket_group = postgres
            server_tls_sslmode = require
            server_tls_protocols = tlsv1.3
            auth_user = boss
            """);

    assertThat(config.general().hosts()).containsExactly("127.0.0.1", "::1");
    assertThat(config.general().unixSocket().group()).isEqualTo("postgres");
    assertThat(config.general().tls().servers().versions().names()).containsExactly("TLSv1.3");
    assertThat(requireNonNull(config.pools().get("shop")).plugins().prewarm())
        .containsExactly("SET lock_timeout = '5s'");
    assertThat(requireNonNull(config.pools().get("forcedb")).parameters())
        .containsExactlyInAnyOrderEntriesOf(Map.of("datestyle", "ISO", "timezone", "Europe/Riga"));
    assertThat(config.general().welcome())
        .isEqualTo(new WelcomeConfig("Hello from the pooler", true));
  }

  @Test
  void every_key_of_pgbouncer_is_known() {
    assertThat(
            List.of(
                // src/main.c of 1.25, by the names of its table of keys.
                ("admin_users application_name_add_host auth_dbname auth_file auth_hba_file"
                        + " auth_ident_file auth_ldap_options auth_query auth_type auth_user"
                        + " autodb_idle_timeout cancel_wait_timeout client_idle_timeout"
                        + " client_login_timeout client_tls13_ciphers client_tls_ca_file"
                        + " client_tls_cert_file client_tls_ciphers client_tls_dheparams"
                        + " client_tls_ecdhcurve client_tls_key_file client_tls_protocols"
                        + " client_tls_sslmode conffile default_pool_size disable_pqexec dns_max_ttl"
                        + " dns_nxdomain_ttl dns_zone_check_period idle_transaction_timeout"
                        + " ignore_startup_parameters job_name listen_addr listen_backlog listen_port"
                        + " log_connections log_disconnections log_pooler_errors log_stats logfile"
                        + " login_notify_message max_client_conn max_db_client_connections"
                        + " max_db_connections max_packet_size max_prepared_statements"
                        + " max_user_client_connections max_user_connections min_pool_size peer_id"
                        + " pidfile pkt_buf pool_idle_timeout pool_mode query_timeout"
                        + " query_wait_notify query_wait_timeout reserve_pool_size"
                        + " reserve_pool_timeout resolv_conf sbuf_loopcnt scram_iterations"
                        + " server_check_delay server_check_query server_connect_timeout"
                        + " server_fast_close server_idle_timeout server_lifetime"
                        + " server_login_retry server_reset_query server_reset_query_always"
                        + " server_round_robin server_tls13_ciphers server_tls_ca_file"
                        + " server_tls_cert_file server_tls_ciphers server_tls_key_file"
                        + " server_tls_protocols server_tls_sslmode service_name so_reuseport"
                        + " stats_period stats_users suspend_timeout syslog syslog_facility"
                        + " syslog_ident tcp_defer_accept tcp_keepalive tcp_keepcnt tcp_keepidle"
                        + " tcp_keepintvl tcp_socket_buffer tcp_user_timeout"
                        + " track_extra_parameters transaction_timeout unix_socket_dir"
                        + " unix_socket_group unix_socket_mode user verbose")
                    .split(" ")))
        .allSatisfy(key ->
            assertThat(faults("[databases]\nshop = host=db1\n[pgbouncer]\n" + key + " = x\n"))
                .noneMatch(fault -> fault.contains("is no key of PgBouncer's")));
  }

  /** A file in which somebody has written out what PgBouncer does anyhow, as of version 1.25. */
  @Test
  void a_file_that_names_every_default_runs() throws IOException {
    write("userlist.txt", USERS);

    ProxyConfig config =
        load(
            """
            [databases]
            shop = host=db1 client_encoding=UNICODE datestyle=ISO connect_query='SELECT 1'
            [pgbouncer]
            listen_addr = localhost
            auth_file = userlist.txt
            logfile = /var/log/postgresql/pgbouncer.log
            pidfile = /var/run/postgresql/pgbouncer.pid
            unix_socket_dir = /tmp
            admin_users = boss
            listen_port = 6432
            unix_socket_mode = 0777
            unix_socket_group =
            peer_id = 0
            query_wait_notify = 5
            login_notify_message =
            client_tls_sslmode = disable
            client_tls_ca_file =
            client_tls_key_file =
            client_tls_cert_file =
            client_tls_ciphers = default
            client_tls13_ciphers =
            client_tls_protocols = secure
            client_tls_dheparams = auto
            client_tls_ecdhcurve = auto
            server_tls_sslmode = prefer
            server_tls_ca_file =
            server_tls_key_file =
            server_tls_cert_file =
            server_tls_protocols = secure
            server_tls_ciphers = default
            server_tls13_ciphers =
            auth_type = md5
            auth_ident_file =
            auth_dbname =
            pool_mode = session
            max_prepared_statements = 0
            scram_iterations = 4096
            server_reset_query = DISCARD ALL
            server_reset_query_always = 0
            track_extra_parameters =
            ignore_startup_parameters = extra_float_digits
            server_check_query = select 1
            server_check_delay = 30
            server_fast_close = 0
            application_name_add_host = 0
            stats_period = 60
            max_client_conn = 100
            default_pool_size = 20
            min_pool_size = 0
            reserve_pool_size = 0
            reserve_pool_timeout = 5
            max_db_connections = 0
            max_user_connections = 0
            server_round_robin = 0
            syslog = 0
            syslog_facility = daemon
            syslog_ident = pgbouncer
            log_connections = 1
            log_disconnections = 1
            log_pooler_errors = 1
            log_stats = 1
            verbose = 0
            server_lifetime = 3600
            server_idle_timeout = 600
            server_connect_timeout = 15
            server_login_retry = 15
            query_timeout = 0
            query_wait_timeout = 120
            cancel_wait_timeout = 10
            client_idle_timeout = 0
            client_login_timeout = 60
            pool_idle_timeout = 0
            autodb_idle_timeout = 3600
            idle_transaction_timeout = 0
            pkt_buf = 4096
            listen_backlog = 128
            sbuf_loopcnt = 5
            max_packet_size = 2147483647
            so_reuseport = 0
            tcp_defer_accept = 0
            tcp_socket_buffer = 0
            tcp_keepalive = 1
            tcp_keepcnt = 0
            tcp_keepidle = 0
            tcp_keepintvl = 0
            tcp_user_timeout = 0
            dns_max_ttl = 15
            dns_zone_check_period = 0
            dns_nxdomain_ttl = 15
            disable_pqexec = 0
            service_name = pgbouncer
            job_name = pgbouncer
            """);

    assertThat(config.general().clients().process()).isEqualTo(100);
    assertThat(config.general().welcome()).isEqualTo(WelcomeConfig.NONE);
  }

  @Test
  void who_has_settings_but_is_not_in_the_userlist_is_told_of_and_kept_out() throws IOException {
    write("userlist.txt", USERS);

    ProxyConfig config =
        load(
            """
            [databases]
            shop = host=db1
            [users]
            ghost = pool_size=5
            [pgbouncer]
            listen_addr = ::1
            unix_socket_dir = /tmp
            auth_file = userlist.txt
            """);

    assertThat(config.notices())
        .singleElement()
        .asString()
        .endsWith(
            "pgbouncer.ini:4:1: pools.shop.users.0.username: \"ghost\" is not in auth_file, and"
                + " cannot come in");
    UserConfig ghost =
        requireNonNull(requireNonNull(config.pools().get("shop")).users().get("ghost"));
    assertThat(ghost.authType()).isEqualTo(AuthType.MD5);
    assertThat(ghost.password().isEmpty()).isTrue();
  }

  @Test
  void an_included_file_is_read_and_its_faults_have_its_name() throws IOException {
    write("more.ini", "[pgbouncer]\nauth_user = boss\nmax_client_conn = many\n");

    assertThat(faults("[databases]\nshop = host=db1\n%include more.ini\n"))
        .contains(
            "more.ini:3:1: general.max_client_conn: expected a whole number, found the text"
                + " \"many\"");
    assertThat(faults("[databases]\nshop = host=db1\n%include gone.ini\n"))
        .contains("pgbouncer.ini:3:1: %include: cannot read the file \"gone.ini\"");
  }

  @Test
  void peers_that_leave_out_the_process_itself_get_it() throws IOException {
    ProxyConfig config =
        load(
            """
            [databases]
            shop = host=db1
            [peers]
            2 = host=/tmp/two
            [pgbouncer]
            peer_id = 1
            unix_socket_dir = /tmp/one
            auth_user = boss
            """);

    assertThat(config.peers().all())
        .extracting(PeerConfig::id, PeerConfig::host)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, "/tmp/one"),
            org.assertj.core.groups.Tuple.tuple(2, "/tmp/two"));
  }

  @Test
  void a_fault_of_a_line_tells_nothing_of_its_password() {
    assertThatThrownBy(() ->
            load(
                "[databases]\nshop = host=db1 password=two words\n[pgbouncer]\nauth_user = boss\n"))
        .hasMessageContaining("expected key=value at character 23")
        .extracting(Throwable::toString)
        .asString()
        .doesNotContain("words");
  }

  @Test
  void a_password_with_signs_of_its_own_stays_what_it_is() throws IOException {
    ProxyConfig config =
        load(
            """
            [databases]
            shop = host=db1 user=app password='a"b\\c${HOME}#;'
            [pgbouncer]
            auth_user = boss
            """);

    assertThat(
            requireNonNull(requireNonNull(config.pools().get("shop")).users().get("*"))
                .serverPassword())
        .isEqualTo(new Secret("a\"b\\c${HOME}#;"));
  }

  @Test
  void the_environment_and_the_console_set_keys_beside_it() throws IOException {
    Path file =
        write("pgbouncer.ini", "[databases]\nshop = host=db1\n[pgbouncer]\nauth_user = boss\n");
    ConfigFile read = new ConfigFile(file, Map.of("PGLYNX_GENERAL_PORT", "7777"));

    assertThat(read.load().general().port()).isEqualTo(7777);
    assertThat(read.with(Map.of("general.ban_time", "5")).general().banSeconds()).isEqualTo(5);
  }

  @Test
  void it_is_printed_as_our_own_and_means_the_same() throws IOException {
    write("userlist.txt", USERS);
    Path ini = write("pgbouncer.ini", TYPICAL);

    Conversion conversion = Conversion.of(ini);
    Path toml = write("pglynx.toml", conversion.toml());

    assertThat(conversion.faults()).isEmpty();
    assertThat(conversion.toml()).contains("# " + ini + ":12:1: logfile has no effect: ");
    ProxyConfig ours = ConfigLoader.load(toml);
    ProxyConfig theirs = ConfigLoader.load(ini);
    assertThat(ours.pools()).isEqualTo(theirs.pools());
    assertThat(ours.general()).isEqualTo(theirs.general());
  }

  @Test
  void a_file_that_cannot_be_taken_is_printed_with_its_faults() throws IOException {
    Path ini = write("pgbouncer.ini", "[databases]\nshop = host=db1\n[pgbouncer]\nauth_type=pam\n");

    Conversion conversion = Conversion.of(ini);

    assertThat(conversion.faults()).hasSizeGreaterThan(0);
    assertThat(conversion.toml()).contains("[pools.\"shop\"]");
  }

  @Test
  void a_file_that_is_not_there_is_told() {
    assertThatThrownBy(() -> Conversion.of(directory.resolve("none.ini")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no such file");
  }
}
