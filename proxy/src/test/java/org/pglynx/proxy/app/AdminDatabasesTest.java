package org.pglynx.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.config.ConfigLoader;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** pgjdbc asks the console of a running proxy. No server is needed: the pool behind stays empty. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminDatabasesTest {
  private static final String CONFIG =
      """
      [general]
      host = "127.0.0.1"
      port = 0
      worker_threads = 2
      admin_username = "admin"
      admin_password = "secret"
      [pools.shop.users.0]
      username = "anna"
      password = "x"
      pool_size = 7
      [pools.shop.shards.0]
      database = "shop_db"
      servers = [["127.0.0.1", 1, "primary"]]
      """;

  private ProxyServer server;

  @BeforeAll
  void start() {
    server = ProxyServer.start(ConfigLoader.parse(CONFIG, "test.toml"));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private Connection connect(String database, String mode) throws SQLException {
    return connectAs("admin", "secret", database, mode);
  }

  private Connection connectAs(String user, String password, String database, String mode)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("preferQueryMode", mode);
    properties.setProperty("ApplicationName", "the test");
    // So that the name comes with the login, not by a later SET.
    properties.setProperty("assumeMinServerVersion", "9.0");
    // From the first execution: prepared by name, results in binary.
    properties.setProperty("prepareThreshold", "-1");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database, properties);
  }

  private static List<String> firstColumn(Connection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"pglynx", "pgcat", "pgbouncer"})
  void eachAdminDatabaseAnswers(String database) throws SQLException {
    try (Connection connection = connect(database, "simple")) {
      assertThat(firstColumn(connection, "SHOW VERSION").getFirst()).startsWith("pglynx ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedForPrepared"})
  void poolsAreShownInEveryQueryMode(String mode) throws SQLException {
    try (Connection connection = connect("pglynx", mode);
        PreparedStatement statement = connection.prepareStatement("SHOW POOLS")) {
      for (int time = 0; time < 3; time++) {
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString("database")).isEqualTo("shop");
          assertThat(rows.getInt("pool_size")).isEqualTo(7);
          assertThat(rows.next()).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void clientsOfTheConsoleAreShownToo(String mode) throws SQLException {
    try (Connection connection = connect("pglynx", mode);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW CLIENTS")) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        if (rows.getString("application_name").equals("the test")) {
          names.add(rows.getString("user") + "@" + rows.getString("addr"));
          assertThat(rows.getInt("port")).isPositive();
        }
      }
      assertThat(names).contains("admin@127.0.0.1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void aRefusalLeavesTheSessionAlive(String mode) throws SQLException {
    try (Connection connection = connect("pglynx", mode)) {
      assertThatThrownBy(() -> firstColumn(connection, "SUSPEND"))
          .isInstanceOfSatisfying(
              PSQLException.class,
              error -> {
                assertThat(error.getSQLState()).isEqualTo("0A000");
                ServerErrorMessage message = error.getServerErrorMessage();
                assertThat(message).isNotNull();
                assertThat(String.valueOf(message)).contains("SUSPEND is not served");
              });
      assertThat(firstColumn(connection, "SHOW USERS")).containsExactly("anna");
    }
  }

  @Test
  void nobodyButAnAdminIsLetInToTheConsole_CVE_2026_6667() {
    for (String database : List.of("pglynx", "pgcat", "pgbouncer")) {
      assertThatThrownBy(() -> connectAs("anna", "x", database, "simple").close())
          .as("a user of a pool at the console")
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("28P01"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void whatPoolsOfDriversDoWorks(String mode) throws SQLException {
    try (Connection connection = connect("pglynx", mode)) {
      assertThat(connection.isValid(2)).isTrue();
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(firstColumn(connection, "SELECT 1")).containsExactly("1");
      connection.rollback();
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    }
  }

  @Test
  void helpComesAsAWarning() throws SQLException {
    try (Connection connection = connect("pglynx", "simple");
        Statement statement = connection.createStatement()) {
      statement.execute("SHOW HELP");

      assertThat(String.valueOf(statement.getWarnings())).contains("Console usage");
    }
  }

  @Test
  void aWrongPasswordIsRefused() {
    Properties properties = new Properties();
    properties.setProperty("user", "admin");
    properties.setProperty("password", "wrong");
    String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/pglynx";

    assertThatThrownBy(() -> DriverManager.getConnection(url, properties).close())
        .isInstanceOfSatisfying(
            SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("28P01"));
  }
}
