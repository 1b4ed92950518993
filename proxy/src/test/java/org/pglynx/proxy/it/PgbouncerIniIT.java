package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.FileSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigFile;

/**
 * psql through a proxy that has a pgbouncer.ini, a userlist.txt and rules, as PgBouncer has them.
 */
class PgbouncerIniIT {
  private static final String RULES =
      """
      # who comes from here proves who it is
      host  all        anna,boss  127.0.0.1/32  md5
      host  pgbouncer  all        127.0.0.1/32  md5
      host  all        all        0.0.0.0/0     reject
      """;

  private static String database = "";

  @TempDir static Path directory = Path.of("");
  private ProxyServer server = start();

  @BeforeAll
  static void createDatabase() {
    TestPostgres postgres = TestPostgres.shared();
    database = postgres.createDatabase("ini");
    postgres.execute("postgres", "CREATE ROLE anna LOGIN", "CREATE ROLE ini_app LOGIN SUPERUSER");
  }

  @AfterAll
  static void dropDatabase() {
    TestPostgres postgres = TestPostgres.shared();
    postgres.dropDatabase(database);
    postgres.execute("postgres", "DROP ROLE anna", "DROP ROLE ini_app");
  }

  private static ProxyServer start() {
    try {
      Files.writeString(
          directory.resolve("userlist.txt"), "\"anna\" \"secret\"\n\"boss\" \"b055\"\n");
      Files.writeString(directory.resolve("hba.conf"), RULES);
      Path ini =
          Files.writeString(
              directory.resolve("pgbouncer.ini"),
              """
              [databases]
              shop = host=127.0.0.1 port=%1$d dbname=%2$s
              forced = host=127.0.0.1 port=%1$d dbname=%2$s user=ini_app
              abroad = host=127.0.0.1 port=%1$d dbname=%2$s client_encoding=UNICODE datestyle='German' timezone='Asia/Tokyo'
              [users]
              anna = pool_size=3
              [pgbouncer]
              listen_addr = 127.0.0.1
              listen_port = 0
              unix_socket_dir =
              auth_type = hba
              auth_file = userlist.txt
              auth_hba_file = hba.conf
              admin_users = boss
              pool_mode = transaction
              default_pool_size = 2
              ignore_startup_parameters = extra_float_digits
              application_name_add_host = 1
              server_tls_sslmode = prefer
              logfile = /var/log/pgbouncer.log
              """
                  .formatted(TestPostgres.shared().port(), database));
      ConfigFile file = new ConfigFile(ini, Map.of());
      return ProxyServer.start(file.load(), new FileSource(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeEach
  void itListens() {
    assertThat(server.port()).isPositive();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Program.Outcome psql(String db, String user, String password, String sql) {
    return psql(server, db, user, password, sql);
  }

  private static Program.Outcome psql(
      ProxyServer server, String db, String user, String password, String sql) {
    return Program.require("psql")
        .run(
            Map.of("PGPASSWORD", password, "PGSSLMODE", "disable"),
            List.of("-h", "127.0.0.1", "-p", "" + server.port(), "-U", user, "-Atc", sql, db));
  }

  @Test
  void users_of_the_userlist_come_in_as_themselves() {
    assertThat(psql("shop", "anna", "secret", "SELECT current_user, 6 * 7").output())
        .isEqualTo("anna|42\n");
  }

  @Test
  void a_wrong_password_and_a_rule_keep_others_out() {
    assertThat(psql("shop", "anna", "wrong", "SELECT 1").output())
        .contains("password authentication failed");
    assertThat(psql("shop", "ini_app", "x", "SELECT 1").output()).contains("pg_hba.conf rejects");
  }

  @Test
  void who_has_settings_but_no_secret_stays_outside() throws IOException {
    Path ini =
        Files.writeString(
            directory.resolve("ghost.ini"),
            """
            [databases]
            shop = host=127.0.0.1 port=%d dbname=%s
            [users]
            ghost = pool_size=1
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = 0
            unix_socket_dir =
            auth_type = md5
            auth_file = userlist.txt
            """
                .formatted(TestPostgres.shared().port(), database));
    try (ProxyServer other = ProxyServer.start(new ConfigFile(ini, Map.of()).load())) {
      for (String password : new String[] {"x", "md5", "ghost"}) {
        assertThat(psql(other, "shop", "ghost", password, "SELECT 1").output())
            .contains("password authentication failed for user \"ghost\"");
      }
      assertThat(psql(other, "shop", "anna", "secret", "SELECT 42").output()).isEqualTo("42\n");
    }
  }

  @Test
  void a_database_with_a_user_of_its_own_logs_in_as_that() {
    assertThat(psql("forced", "anna", "secret", "SELECT current_user").output())
        .isEqualTo("ini_app\n");
  }

  @Test
  void a_database_has_its_own_date_style_and_zone_also_after_a_reset() {
    assertThat(
            psql(
                    "abroad",
                    "anna",
                    "secret",
                    "SET timezone = 'UTC'; RESET ALL; SELECT current_setting('timezone'),"
                        + " current_setting('datestyle'), current_setting('client_encoding')")
                .output())
        .endsWith("Asia/Tokyo|German, DMY|UTF8\n");
    assertThat(psql("shop", "anna", "secret", "SHOW timezone").output())
        .isNotEqualTo("Asia/Tokyo\n");
  }

  @Test
  void the_server_sees_where_a_client_comes_from() {
    assertThat(
            psql("shop", "anna", "secret", "SELECT current_setting('application_name')").output())
        .matches("psql - 127\\.0\\.0\\.1:\\d+\n");
  }

  @Test
  void who_administers_pgbouncer_administers_this() {
    Program.Outcome shown = psql("pgbouncer", "boss", "b055", "SHOW DATABASES");

    assertThat(shown.output()).contains("shop|127.0.0.1|").contains("forced|127.0.0.1|");
    assertThat(psql("pgbouncer", "boss", "b055", "RELOAD").exit()).isZero();
  }

  @Test
  void a_reload_takes_what_the_ini_says_now() throws IOException {
    Path ini = directory.resolve("pgbouncer.ini");
    Files.writeString(ini, Files.readString(ini) + "max_client_conn = 77\n");

    assertThat(psql("pgbouncer", "boss", "b055", "RELOAD").exit()).isZero();

    assertThat(psql("pgbouncer", "boss", "b055", "SHOW CONFIG").output())
        .contains("max_client_conn|77|");
  }
}
