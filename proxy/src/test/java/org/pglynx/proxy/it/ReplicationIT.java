package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/** Layer 3: replication connections pass one to one, beside a pool of a single connection. */
class ReplicationIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(1)
          .general("admin_username = \"admin\"", "admin_auth_type = \"trust\"");

  private final String slot = TestPostgres.freshName("it_slot");

  @BeforeEach
  void createTable() {
    PROXY.onServer("CREATE TABLE IF NOT EXISTS event(id int PRIMARY KEY, name text)");
  }

  @AfterEach
  void dropSlots() {
    Eventually.equal(ReplicationIT::walsenders, 0);
    PROXY.onServer(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
            + " WHERE slot_name = '"
            + slot
            + "'");
  }

  /** How many processes of the server serve replicating clients of ours. */
  private static int walsenders() {
    return Integer.parseInt(
        PROXY.valueOnServer(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'"));
  }

  private static Connection replicating() throws SQLException {
    return PROXY.connect(
        "replication", "database", "preferQueryMode", "simple", "assumeMinServerVersion", "9.4");
  }

  private static RawConnection raw(int port, String database, String... more) {
    Map<String, String> parameters =
        new HashMap<>(Map.of("user", "postgres", "database", database));
    for (int i = 0; i < more.length; i += 2) {
      parameters.put(more[i], more[i + 1]);
    }
    return RawConnection.login(port, parameters);
  }

  private void createSlot() {
    PROXY.onServer("SELECT pg_create_logical_replication_slot('" + slot + "', 'test_decoding')");
  }

  private RawConnection streaming() {
    createSlot();
    RawConnection stream = raw(PROXY.port(), ProxyUnderTest.DATABASE, "replication", "database");
    stream.send(RawConnection.query("START_REPLICATION SLOT " + slot + " LOGICAL 0/0"));
    assertThat(stream.next().tag()).isEqualTo('W');
    return stream;
  }

  private static List<String> changes(PGReplicationStream stream, int wanted) throws SQLException {
    List<String> changes = new ArrayList<>();
    while (changes.size() < wanted) {
      ByteBuffer change = stream.read();
      String text = StandardCharsets.UTF_8.decode(change).toString();
      if (text.startsWith("table")) {
        changes.add(text);
      }
      stream.setFlushedLSN(stream.getLastReceiveLSN());
    }
    stream.forceUpdateStatus();
    return changes;
  }

  @Test
  void pgjdbcStreamsTheChangesThatOtherClientsMake() throws SQLException {
    try (Connection connection = replicating();
        Connection writer = PROXY.connect()) {
      PGConnection replication = connection.unwrap(PGConnection.class);
      replication
          .getReplicationAPI()
          .createReplicationSlot()
          .logical()
          .withSlotName(slot)
          .withOutputPlugin("test_decoding")
          .make();
      try (PGReplicationStream stream =
          replication
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(slot)
              .withStatusInterval(1, TimeUnit.SECONDS)
              .start()) {
        ProxyUnderTest.run(
            writer, "INSERT INTO event VALUES (1, 'one'), (2, 'two')", "DELETE FROM event");

        assertThat(changes(stream, 4))
            .containsExactly(
                "table public.event: INSERT: id[integer]:1 name[text]:'one'",
                "table public.event: INSERT: id[integer]:2 name[text]:'two'",
                "table public.event: DELETE: id[integer]:1",
                "table public.event: DELETE: id[integer]:2");
        String flushed = stream.getLastFlushedLSN().asString();
        Eventually.equal(
            () ->
                PROXY.valueOnServer(
                    "SELECT confirmed_flush_lsn >= '"
                        + flushed
                        + "' FROM pg_replication_slots WHERE slot_name = '"
                        + slot
                        + "'"),
            "t");
      }
      assertThat(ProxyUnderTest.value(connection, "SELECT 'SQL again'")).isEqualTo("SQL again");
    }
  }

  @Test
  void aLargeChangePassesWhole() throws SQLException {
    createSlot();
    try (Connection connection = replicating()) {
      PROXY.onServer("INSERT INTO event VALUES (7, repeat('x', 3000000))", "DELETE FROM event");
      try (PGReplicationStream stream =
          connection
              .unwrap(PGConnection.class)
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(slot)
              .start()) {
        assertThat(changes(stream, 1).getFirst()).hasSizeGreaterThan(3_000_000);
      }
    }
  }

  @Test
  void whileAClientStreamsThePoolHasAllItsConnections() throws SQLException {
    try (RawConnection first = streaming();
        RawConnection second = raw(PROXY.port(), "app", "replication", "1");
        Connection ordinary = PROXY.connect()) {
      ProxyUnderTest.run(ordinary, "BEGIN");

      assertThat(ProxyUnderTest.value(ordinary, "SELECT 1")).isEqualTo("1");
      assertThat(walsenders()).isEqualTo(2);
      assertThat(first.pid()).isNotEqualTo(second.pid());
    }
  }

  @Test
  void theConsoleShowsBothEnds() throws SQLException {
    try (RawConnection logical = streaming();
        RawConnection physical =
            raw(PROXY.port(), "app", "replication", "on", "application_name", "standby_1")) {
      Map<String, String> clients = shown("SHOW CLIENTS", "id", "replication");
      Map<String, String> servers = shown("SHOW SERVERS", "remote_pid", "replication");

      assertThat(clients)
          .containsEntry(String.valueOf(logical.pid()), "logical")
          .containsEntry(String.valueOf(physical.pid()), "physical");
      String pid =
          PROXY.valueOnServer(
              "SELECT pid FROM pg_stat_activity WHERE application_name = 'standby_1'");
      assertThat(servers).containsEntry(pid, "physical").containsValue("logical");
    }
    Eventually.equal(
        () -> shown("SHOW SERVERS", "remote_pid", "replication").containsValue("logical"), false);
  }

  private static Map<String, String> shown(String command, String key, String value) {
    Map<String, String> shown = new HashMap<>();
    String url = "jdbc:postgresql://127.0.0.1:" + PROXY.port() + "/pglynx?user=admin";
    try (Connection admin = DriverManager.getConnection(url + "&preferQueryMode=simple");
        Statement statement = admin.createStatement();
        ResultSet rows = statement.executeQuery(command)) {
      while (rows.next()) {
        shown.put(rows.getString(key), rows.getString(value));
      }
      return shown;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "database"})
  void theReplicationCommandsAnswerAsTheServerItself(String replication) {
    for (String command : List.of("IDENTIFY_SYSTEM", "SHOW wal_level", "TIMELINE_HISTORY 99")) {
      assertThat(answers(PROXY.port(), "app", replication, command))
          .as(command)
          .isEqualTo(
              answers(PROXY.postgres().port(), PROXY.serverDatabase(), replication, command));
    }
  }

  private static List<String> answers(int port, String database, String mode, String command) {
    try (RawConnection connection = raw(port, database, "replication", mode)) {
      return connection.ask(command);
    }
  }

  @Test
  void physicalReplicationNeedsNoDatabaseName() {
    Map<String, String> unnamed = Map.of("user", "postgres", "replication", "true");
    try (RawConnection connection = RawConnection.login(PROXY.port(), unnamed);
        RawConnection likeTools = raw(PROXY.port(), "replication", "replication", "true")) {
      assertThat(connection.ask("IDENTIFY_SYSTEM")).contains("D", "Z:I");
      assertThat(likeTools.ask("IDENTIFY_SYSTEM")).contains("D", "Z:I");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"maybe", "", "o", "tru e", "Database", "2", "databases"})
  void aValueThatPostgresRefusesIsRefusedInItsWords(String value) {
    assertThat(refusal(PROXY.port(), "app", "postgres", value))
        .isEqualTo(refusal(PROXY.postgres().port(), "postgres", "postgres", value))
        .startsWith("E:FATAL:22023");
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "OFF", "no", "0", "f", "of", "n"})
  void aValueThatMeansNoOpensAnOrdinarySession(String value) {
    try (RawConnection connection = raw(PROXY.port(), "app", "replication", value)) {
      assertThat(connection.ask("SELECT 1")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
      assertThat(walsenders()).isZero();
    }
  }

  @Test
  void whoeverTheServerRefusesIsToldInTheServersWords() {
    String role = TestPostgres.freshName("it_plain");
    PROXY.postgres().createRole(role, "secret", "trust");
    ProxyUnderTest other =
        ProxyUnderTest.transactionMode(1).user("server_username = \"" + role + "\"").start();
    try {
      assertThat(refusal(other.port(), "app", "postgres", "database"))
          .isEqualTo(refusal(PROXY.postgres().port(), "postgres", role, "database"))
          .startsWith("E:FATAL:42501");
    } finally {
      other.stop();
    }
  }

  private static String refusal(int port, String database, String user, String replication) {
    try (RawConnection connection = RawConnection.open(port)) {
      connection.send(
          RawConnection.startup(
              196_608, Map.of("user", user, "database", database, "replication", replication)));
      RawConnection.Message error = connection.until('E').getLast();
      return error.shape() + " " + error.field('M') + " / " + error.field('H');
    }
  }

  @Test
  void aCancelRequestReachesTheWalsender() {
    try (RawConnection stream = streaming()) {
      RawConnection.cancel(PROXY.port(), stream.pid(), stream.key());

      assertThat(stream.until('E').getLast().shape()).isEqualTo("E:ERROR:57014");
      stream.untilReady();
      assertThat(stream.ask("SELECT 1")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
    }
  }

  @Test
  void aClientThatVanishesTakesItsWalsenderWithIt() {
    RawConnection stream = streaming();
    Eventually.equal(ReplicationIT::walsenders, 1);

    stream.reset();

    Eventually.equal(ReplicationIT::walsenders, 0);
  }

  @Test
  void aServerThatEndsTheConnectionIsHeardToTheLastWord() {
    try (RawConnection stream = streaming()) {
      PROXY.onServer(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE backend_type = 'walsender'");

      assertThat(stream.until('E').getLast().shape()).isEqualTo("E:FATAL:57P01");
      assertThat((int) stream.until('\0').getLast().tag()).isZero();
    }
  }

  @Test
  void aProxyThatStopsSaysSoAndLeavesNoWalsender() {
    ProxyUnderTest other = ProxyUnderTest.transactionMode(1).start();
    try (RawConnection stream = raw(other.port(), "app", "replication", "true")) {
      stream.ask("IDENTIFY_SYSTEM");
      other.server().close();

      assertThat(stream.next().shape()).isEqualTo("E:FATAL:57P01");
      assertThat((int) stream.next().tag()).isZero();
      Eventually.equal(ReplicationIT::walsenders, 0);
    } finally {
      other.stop();
    }
  }

  @Test
  void theLimitsThatPoolsShareHoldForReplicationToo() throws Exception {
    ProxyUnderTest limited =
        ProxyUnderTest.transactionMode(2)
            .pool("max_db_connections = 2", "connect_timeout = 1000")
            .start();
    try (RawConnection ordinary = limited.raw();
        RawConnection another = limited.raw()) {
      ordinary.ask("BEGIN");
      another.ask("BEGIN");
      ordinary.ask("COMMIT");
      another.ask("COMMIT");
      Eventually.equal(() -> limited.serverProcesses(""), 2);
      try (RawConnection first = raw(limited.port(), "app", "replication", "true");
          RawConnection second = raw(limited.port(), "app", "replication", "database")) {
        assertThat(first.ask("IDENTIFY_SYSTEM")).contains("D", "Z:I");
        assertThat(second.ask("SELECT 1")).contains("D", "Z:I");
        assertThat(limited.serverProcesses("")).as("idle ones have made room").isZero();
        assertThat(refusal(limited.port(), "app", "postgres", "true"))
            .startsWith("E:FATAL:53300 no replication connection is allowed for app/postgres");
        another.send(RawConnection.query("SELECT 'waited'"));
      }
      assertThat(another.shapes(1)).containsExactly("T", "D", "C:SELECT 1", "Z:I");
    } finally {
      limited.stop();
    }
  }

  @Test
  void theRulesKnowPhysicalReplicationByItsWord() {
    ProxyUnderTest ruled =
        ProxyUnderTest.transactionMode(1)
            .general(
                "[[general.hba]]",
                "type = \"host\"",
                "database = \"replication\"",
                "user = \"all\"",
                "address = \"127.0.0.1/32\"",
                "method = \"trust\"")
            .start();
    try (RawConnection physical = raw(ruled.port(), "app", "replication", "true")) {
      assertThat(physical.ask("IDENTIFY_SYSTEM")).contains("D", "Z:I");
      assertThat(refusal(ruled.port(), "app", "postgres", "database"))
          .startsWith("E:FATAL:28000 no pg_hba.conf entry for host \"127.0.0.1\"");
      assertThat(refusal(ruled.port(), "app", "postgres", "false")).startsWith("E:FATAL:28000");
    } finally {
      ruled.stop();
    }
  }
}
