package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.copyData;
import static org.pglynx.proxy.it.RawConnection.copyDone;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A transaction takes its server with its first statement, and nobody can tell. */
class DeferredBeginIT {
  @RegisterExtension
  static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(1).pool("query_wait_timeout = 500");

  @RegisterExtension
  static final ProxyUnderTest EAGER =
      ProxyUnderTest.transactionMode(1).pool("query_wait_timeout = 500");

  @BeforeAll
  static void createTable() {
    PROXY.onServer("CREATE TABLE numbers(n int)");
  }

  @Test
  void two_clients_begin_on_one_server() {
    try (RawConnection first = PROXY.raw();
        RawConnection second = PROXY.raw()) {
      assertThat(first.ask("BEGIN")).containsExactly("C:BEGIN", "Z:T");
      assertThat(second.ask("BEGIN")).containsExactly("C:BEGIN", "Z:T");
      assertThat(first.value("SELECT 1")).isEqualTo("1");
      assertThat(first.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
      assertThat(second.value("SELECT 2")).isEqualTo("2");
      assertThat(second.ask("ROLLBACK")).containsExactly("C:ROLLBACK", "Z:I");
    }
  }

  @Test
  void a_begin_that_is_not_deferred_takes_the_server() {
    try (RawConnection first = EAGER.raw();
        RawConnection second = EAGER.raw()) {
      assertThat(first.ask("BEGIN")).containsExactly("C:BEGIN", "Z:T");
      assertThat(second.ask("BEGIN")).containsExactly("E:ERROR:53000", "Z:I");
    }
  }

  @Test
  void what_a_deferred_transaction_did_is_rolled_back() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("BEGIN");
      client.ask("INSERT INTO numbers VALUES (1)");
      client.ask("ROLLBACK");
      client.ask("BEGIN");
      client.send(query("COPY numbers FROM STDIN"));
      client.until('G');
      client.send(copyData("2\n"), copyDone());
      client.untilReady();
      client.ask("COMMIT");

      assertThat(client.value("SELECT string_agg(n::text, ',') FROM numbers")).isEqualTo("2");
    }
  }

  @Test
  void a_transaction_that_gets_no_server_has_failed() {
    try (RawConnection holder = PROXY.raw();
        RawConnection client = PROXY.raw()) {
      client.ask("BEGIN");
      holder.ask("BEGIN; SELECT 1");

      assertThat(client.ask("INSERT INTO numbers VALUES (3)"))
          .containsExactly("E:ERROR:53000", "Z:E");
      holder.ask("COMMIT");
      assertThat(client.ask("INSERT INTO numbers VALUES (3)"))
          .containsExactly("E:ERROR:25P02", "Z:E");
      assertThat(client.ask("COMMIT")).containsExactly("C:ROLLBACK", "Z:I");
      assertThat(client.value("SELECT count(*) FROM numbers WHERE n = 3")).isEqualTo("0");
    }
  }

  @Test
  void transactions_of_a_client_that_prepares_begin_by_a_statement_that_stays() {
    try (RawConnection client = PROXY.raw()) {
      client.send(parse("one", "SELECT 1"), sync());
      client.untilReady();
      for (String begin : new String[] {"BEGIN", "BEGIN", "BEGIN READ ONLY", "BEGIN"}) {
        client.ask(begin);
        client.send(bind("", "one"), execute("", 0), sync());
        assertThat(client.shapes(1)).containsExactly("2", "D", "C:SELECT 1", "Z:T");
        assertThat(client.value("SHOW transaction_read_only"))
            .isEqualTo(begin.endsWith("ONLY") ? "on" : "off");
        assertThat(client.ask("COMMIT")).containsExactly("C:COMMIT", "Z:I");
      }
      client.ask("DEALLOCATE ALL");
      client.ask("BEGIN");
      assertThat(client.value("SELECT count(*) FROM pg_prepared_statements")).isEqualTo("0");
      client.ask("COMMIT");
    }
  }

  @Test
  void the_portal_of_begin_is_not_the_clients() {
    try (RawConnection client = PROXY.raw()) {
      client.send(parse("two", "SELECT 2"), sync());
      client.untilReady();
      client.ask("BEGIN");
      client.send(execute("", 0), sync());

      assertThat(client.shapes(1)).containsExactly("E:ERROR:34000", "Z:E");
      client.ask("ROLLBACK");
    }
  }

  @Test
  void parameters_of_the_client_are_in_force_in_the_transaction_and_outlive_its_rollback()
      throws SQLException {
    try (RawConnection client = PROXY.raw();
        Connection other = PROXY.connect()) {
      client.ask("SET work_mem = '77MB'");
      ProxyUnderTest.run(other, "SET work_mem = '5MB'");
      client.ask("BEGIN");
      assertThat(client.value("SHOW work_mem")).isEqualTo("77MB");
      client.ask("ROLLBACK");
      assertThat(client.value("SHOW work_mem")).isEqualTo("77MB");
    }
  }
}
