package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real servers: statement pooling. */
class StatementModeIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.statementMode(1);

  @BeforeEach
  void table() {
    PROXY.onServer("DROP TABLE IF EXISTS kept", "CREATE TABLE kept (n int PRIMARY KEY)");
  }

  private static String count() {
    return PROXY.valueOnServer("SELECT count(*) FROM kept");
  }

  @Test
  void a_transaction_block_is_refused_and_the_session_goes_on() {
    try (RawConnection client = PROXY.raw()) {
      assertThat(client.ask("BEGIN")).containsExactly("E:ERROR:0A000", "Z:I");
      assertThat(client.ask("INSERT INTO kept VALUES (1)")).containsExactly("C:INSERT 0 1", "Z:I");
      assertThat(client.ask("COMMIT")).containsExactly("N:25P01", "C:COMMIT", "Z:I");
    }
    assertThat(count()).isEqualTo("1");
  }

  @Test
  void several_statements_in_one_message_are_one_transaction_as_ever() {
    try (RawConnection client = PROXY.raw()) {
      assertThat(client.ask("INSERT INTO kept VALUES (1); INSERT INTO kept VALUES (1)"))
          .containsExactly("C:INSERT 0 1", "E:ERROR:23505", "Z:I");
      assertThat(client.ask("BEGIN; INSERT INTO kept VALUES (2); COMMIT"))
          .containsExactly("C:BEGIN", "C:INSERT 0 1", "C:COMMIT", "Z:I");
    }
    assertThat(count()).isEqualTo("1");
  }

  @Test
  void a_block_left_open_is_undone() {
    try (RawConnection client = PROXY.raw();
        RawConnection other = PROXY.raw()) {
      assertThat(client.ask("BEGIN; INSERT INTO kept VALUES (3)"))
          .containsExactly("C:BEGIN", "C:INSERT 0 1", "E:ERROR:0A000", "Z:I");
      assertThat(other.value("SELECT count(*) FROM kept")).isEqualTo("0");
      assertThat(client.ask("BEGIN; SELECT 1/0; COMMIT"))
          .containsExactly("C:BEGIN", "E:ERROR:22012", "Z:I");
      assertThat(other.value("SELECT count(*) FROM kept")).isEqualTo("0");
      assertThat(client.value("SELECT 7")).isEqualTo("7");
    }
    assertThat(PROXY.serverProcesses("idle in transaction%")).isZero();
  }

  @Test
  void a_batch_up_to_sync_runs_whole_and_then_the_server_is_anybodys() {
    try (RawConnection client = PROXY.raw();
        RawConnection other = PROXY.raw()) {
      client.send(
          RawConnection.parse("", "INSERT INTO kept VALUES (4)"),
          RawConnection.bind("", ""),
          RawConnection.execute("", 0),
          RawConnection.parse("", "INSERT INTO kept VALUES (4)"),
          RawConnection.bind("", ""),
          RawConnection.execute("", 0),
          RawConnection.sync());
      assertThat(client.shapes(1)).endsWith("E:ERROR:23505", "Z:I");
      assertThat(other.value("SELECT count(*) FROM kept")).isEqualTo("0");
      client.send(RawConnection.parse("", "BEGIN"), RawConnection.bind("", ""));
      client.send(RawConnection.execute("", 0), RawConnection.sync());
      assertThat(client.shapes(1)).containsExactly("E:ERROR:0A000", "Z:I");
    }
  }

  @Test
  void a_driver_works_with_autocommit_and_learns_why_it_does_not_without() throws SQLException {
    try (Connection connection = PROXY.connect("prepareThreshold", "1");
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO kept VALUES (?) RETURNING n")) {
      for (int i = 0; i < 10; i++) {
        insert.setInt(1, i);
        try (ResultSet row = insert.executeQuery()) {
          assertThat(row.next()).isTrue();
        }
      }
      ProxyUnderTest.run(connection, "SET search_path = public");
      assertThat(ProxyUnderTest.value(connection, "SHOW search_path")).isEqualTo("public");
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> ProxyUnderTest.value(connection, "SELECT 1"))
          .hasMessageContaining("transaction blocks not allowed in statement pooling mode")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("0A000");
    }
    assertThat(count()).isEqualTo("10");
  }

  @Test
  void copy_works() {
    try (RawConnection client = PROXY.raw()) {
      client.send(RawConnection.query("COPY kept FROM STDIN"));
      client.until('G');
      client.send(RawConnection.copyData("5\n6\n"), RawConnection.copyDone());
      assertThat(client.shapes(1)).containsExactly("C:COPY 2", "Z:I");
    }
    assertThat(count()).isEqualTo("2");
  }
}
