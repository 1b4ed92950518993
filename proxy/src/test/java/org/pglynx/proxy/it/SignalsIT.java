package org.pglynx.proxy.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process and its signals, which are PgBouncer's; a real PostgreSQL behind it. */
class SignalsIT {
  private static final int HUP = 1;
  private static final int INT = 2;

  private static final List<String> ONE = List.of("T", "D", "C:SELECT 1", "Z:I");

  private static String database = "";
  private SmallProxy process = start();

  @BeforeAll
  static void createDatabase() {
    database = TestPostgres.shared().createDatabase("signals");
  }

  @AfterAll
  static void dropDatabase() {
    TestPostgres.shared().dropDatabase(database);
  }

  private static SmallProxy start() {
    return SmallProxy.start(
        SmallProxy.toml(TestPostgres.shared().port(), database, 2)
            .replace("[pools.app]", String.join("\n", AdminTable.OPEN) + "\n[pools.app]"));
  }

  @BeforeEach
  void itServes() {
    assertThat(process.port()).isPositive();
  }

  @AfterEach
  void stop() {
    process.close();
  }

  private String state(String key) throws Exception {
    try (Connection admin = AdminTable.login(process.port())) {
      return AdminTable.value(admin, "STATE WHERE key = '" + key + "'", "value");
    }
  }

  private static String serverProcesses() {
    return TestPostgres.shared()
        .value(
            "postgres",
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '"
                + database
                + "' AND backend_type = 'client backend'");
  }

  @Test
  void usr1_pauses_all_pools_and_usr2_lets_them_go_on() throws Exception {
    try (RawConnection client = process.raw()) {
      client.ask("SELECT 1");
      process.signal("USR1");
      Eventually.equal(SignalsIT::serverProcesses, "0");
      assertThat(state("paused")).isEqualTo("yes");
      client.send(RawConnection.query("SELECT 1"));

      process.signal("USR2");

      assertThat(client.shapes(1)).isEqualTo(ONE);
      assertThat(state("paused")).isEqualTo("no");
      assertThat(process.log()).contains("paused:").contains("resumed:");
    }
  }

  @Test
  void hup_reads_the_configuration_again() throws IOException {
    assumeFalse(ignores(HUP), "nohup ignores it");
    process.signal("HUP");

    Eventually.equal(() -> process.log().contains("reloaded: nothing has changed"), true);
    try (RawConnection client = process.raw()) {
      assertThat(client.ask("SELECT 1")).isEqualTo(ONE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void the_first_of_the_stopping_signals_lets_a_transaction_end(String signal) throws IOException {
    assumeFalse(signal.equals("INT") && ignores(INT), "shells ignore it in the background");
    try (RawConnection client = process.raw()) {
      client.ask("BEGIN");
      client.ask("SELECT 1");
      process.signal(signal);
      Eventually.equal(() -> process.log().contains("stopping: clients="), true);

      assertThat(client.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
      assertThat(client.next().shape()).isEqualTo("E:FATAL:57P01");
    }
    assertThat(process.exitCode()).isZero();
  }

  /** A process that was started with the signal ignored goes on ignoring it, and so do its own. */
  private static boolean ignores(int signal) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .anyMatch(mask -> (mask & 1L << signal - 1) != 0);
  }

  @Test
  void quit_ends_the_process_without_a_word() {
    try (RawConnection client = process.raw()) {
      client.ask("BEGIN");
      client.ask("SELECT 1");
      process.signal("QUIT");

      assertThat(process.exitCode()).isEqualTo(3);
      assertThat((int) client.next().tag()).isZero();
    }
    Eventually.equal(SignalsIT::serverProcesses, "0");
  }

  @Test
  void jcmd_dumps_the_threads_of_a_process_that_serves_on() throws Exception {
    String toml = SmallProxy.toml(TestPostgres.shared().port(), database, 1);
    try (SmallProxy flagged = SmallProxy.start(toml, "@" + Path.of("..", "config", "jvm.options"));
        RawConnection client = flagged.raw()) {
      Process jcmd =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  String.valueOf(flagged.pid()),
                  "Thread.print")
              .start();

      assertThat(new String(jcmd.getInputStream().readAllBytes(), UTF_8)).contains("pglynx-loop");
      assertThat(client.ask("SELECT 1")).isEqualTo(ONE);
    }
  }

  @Test
  void a_paused_process_can_be_stopped() {
    try (RawConnection client = process.raw()) {
      process.signal("USR1");
      Eventually.equal(() -> process.log().contains("paused:"), true);
      process.signal("TERM");

      assertThat(client.next().shape()).isEqualTo("E:FATAL:57P01");
    }
    assertThat(process.exitCode()).isZero();
  }
}
