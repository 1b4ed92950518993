package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.ProxyUnderTest.value;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.proxy.it.ChaosWire.Temper;
import org.postgresql.PGConnection;

/** However the bytes are cut up on either side, the session is the same. */
class BadWireIT {
  private static final ChaosWire SERVER_SIDE =
      ChaosWire.to(TestPostgres.shared().port(), Temper.BYTEWISE);
  private static final ProxyUnderTest PROXY =
      ProxyUnderTest.transactionMode(2).serverPort(SERVER_SIDE.port());
  private static final ProxyUnderTest PLAIN = ProxyUnderTest.transactionMode(2);

  static List<WireScripts.Script> scripts() {
    return WireScripts.all();
  }

  @BeforeAll
  static void start() {
    PROXY.start().onServer("CREATE TABLE numbers(n int)");
    PLAIN.start().onServer("CREATE TABLE numbers(n int)", "CREATE TABLE wide(id int, a text)");
  }

  @AfterAll
  static void stop() {
    PROXY.stop();
    PLAIN.stop();
    SERVER_SIDE.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void singleBytesOnBothSidesChangeNothing(WireScripts.Script script) {
    List<String> direct;
    try (RawConnection connection = PROXY.direct()) {
      direct = script.play(connection);
    }
    try (ChaosWire wire = ChaosWire.to(PROXY.port(), Temper.BYTEWISE);
        RawConnection connection = RawConnection.login(wire.port(), "app", "postgres")) {
      assertThat(script.play(connection)).isEqualTo(direct);
    }
  }

  /** A socket closed amid what still comes would be reset, and the error lost with it. */
  @RepeatedTest(30)
  void why_it_is_put_out_reaches_a_client_that_is_still_sending() {
    try (ChaosWire wire = ChaosWire.to(PROXY.port(), Temper.BYTEWISE);
        RawConnection client = RawConnection.login(wire.port(), "app", "postgres")) {
      client.send(RawConnection.frame('p', "secret\0".getBytes(StandardCharsets.US_ASCII)));

      assertThat(client.until('\0')).anySatisfy(last -> assertThat(last.shape()).contains("08P01"));
    }
  }

  @ParameterizedTest
  @EnumSource(Temper.class)
  void aDriverWorksOverABadWire(Temper temper) throws Exception {
    try (ChaosWire wire = ChaosWire.to(PLAIN.port(), temper);
        Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + wire.port() + "/app?sslmode=disable",
                "postgres",
                "");
        PreparedStatement statement = connection.prepareStatement("SELECT repeat(?, 500)")) {
      for (int i = 0; i < 10; i++) {
        statement.setString(1, "row " + i);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          assertThat(row.getString(1)).isEqualTo(("row " + i).repeat(500));
        }
      }
      var copies = connection.unwrap(PGConnection.class).getCopyAPI();
      assertThat(copies.copyIn("COPY wide FROM STDIN", new StringReader("1\tone\n".repeat(500))))
          .isEqualTo(500);
    }
  }

  @Test
  void aPipelineOfTenThousandDoesNotBlock() throws Exception {
    int depth = 10_000;
    byte[] one =
        RawConnection.join(
            RawConnection.parse("", "SELECT repeat('x', 200)"),
            RawConnection.bind("", ""),
            RawConnection.execute("", 0),
            RawConnection.sync());
    byte[] all =
        RawConnection.join(java.util.Collections.nCopies(depth, one).toArray(byte[][]::new));
    try (RawConnection connection = PLAIN.raw()) {
      Thread sender = Thread.ofPlatform().start(() -> connection.send(all));
      for (int i = 0; i < depth; i++) {
        assertThat(connection.shapes(1)).containsExactly("1", "2", "D", "C:SELECT 1", "Z:I");
      }
      sender.join();
    }
  }

  @Test
  void aPipelineOfTenThousandNamedStatementsInOneBatchDoesNotBlock() throws Exception {
    int depth = 10_000;
    byte[] one = RawConnection.join(RawConnection.bind("", "s"), RawConnection.execute("", 0));
    byte[] all =
        RawConnection.join(java.util.Collections.nCopies(depth, one).toArray(byte[][]::new));
    try (RawConnection connection = PLAIN.raw()) {
      connection.send(RawConnection.parse("s", "SELECT 1"));
      Thread sender = Thread.ofPlatform().start(() -> connection.send(all, RawConnection.sync()));
      assertThat(connection.untilReady()).hasSize(1 + depth * 3 + 1);
      sender.join();
    }
  }

  @Test
  void aServerConnectionCutInAQueryIsToldAndTheNextStatementWorks() {
    try (ChaosWire wire = ChaosWire.to(TestPostgres.shared().port(), Temper.CALM)) {
      ProxyUnderTest proxy = ProxyUnderTest.transactionMode(2).serverPort(wire.port()).start();
      try (RawConnection connection = proxy.raw()) {
        connection.send(RawConnection.query("SELECT pg_sleep(20)"));
        Eventually.pause(200);
        wire.cut();

        assertThat(connection.shapes(1)).containsExactly("E:ERROR:08006", "Z:I");
        assertThat(connection.value("SELECT 'back'")).isEqualTo("back");
      } finally {
        proxy.stop();
      }
    }
  }

  @Test
  void aClientCutAnywhereInItsLoginLeavesNothingBehind() throws Exception {
    byte[] startup = RawConnection.startup(196_608, Map.of("user", "postgres", "database", "app"));
    for (int length = 0; length <= startup.length; length += 3) {
      try (RawConnection connection = RawConnection.open(PLAIN.port())) {
        connection.send(java.util.Arrays.copyOf(startup, Math.min(length, startup.length)));
        connection.reset();
      }
    }
    try (Connection connection = PLAIN.connect()) {
      assertThat(value(connection, "SELECT 1")).isEqualTo("1");
    }
  }
}
