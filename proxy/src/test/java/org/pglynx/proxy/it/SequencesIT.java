package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.frame;
import static org.pglynx.proxy.it.RawConnection.int16;
import static org.pglynx.proxy.it.RawConnection.int32;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** currval and lastval tell of the client's own rows, or are refused. */
class SequencesIT {
  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.transactionMode(1);

  @RegisterExtension
  static final ProxyUnderTest IGNORE =
      ProxyUnderTest.transactionMode(1).pool("on_session_state = \"ignore\"");

  @RegisterExtension static final ProxyUnderTest SESSION = ProxyUnderTest.sessionMode(1);

  private static final String INSERT = "INSERT INTO rows DEFAULT VALUES";

  @BeforeAll
  static void createTables() {
    for (ProxyUnderTest each : new ProxyUnderTest[] {PROXY, IGNORE, SESSION}) {
      each.onServer("CREATE TABLE rows(id serial)");
    }
  }

  @Test
  void anotherClientsRowIsNeverTold() {
    try (RawConnection first = PROXY.raw();
        RawConnection second = PROXY.raw()) {
      first.ask(INSERT);
      second.ask(INSERT);

      assertThat(first.ask("SELECT lastval()")).containsExactly("E:ERROR:0A000", "Z:I");
      assertThat(first.ask("INSERT INTO rows SELECT currval('rows_id_seq')"))
          .containsExactly("E:ERROR:0A000", "Z:I");
      first.send(
          frame('F', int32(2559), int16(0), int16(0), int16(0)),
          parse("s", "SELECT lastval()"),
          bind("", "s"),
          execute("", 0),
          sync(),
          parse("", "SELECT lastval()"),
          sync(),
          bind("", ""),
          execute("", 0),
          sync());
      assertThat(first.shapes(4))
          .containsExactly(
              "E:ERROR:0A000",
              "Z:I",
              "1",
              "E:ERROR:0A000",
              "Z:I",
              "1",
              "Z:I",
              "E:ERROR:0A000",
              "Z:I");
      assertThat(first.ask("SELECT 1")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
    }
  }

  @Test
  void inTheTransactionOfTheRowItIsTold() {
    try (RawConnection client = PROXY.raw()) {
      client.send(query("BEGIN"), query(INSERT), query("SELECT lastval()"), query("COMMIT"));
      assertThat(client.shapes(4))
          .containsExactly(
              "C:BEGIN",
              "Z:T",
              "C:INSERT 0 1",
              "Z:T",
              "T",
              "D",
              "C:SELECT 1",
              "Z:T",
              "C:COMMIT",
              "Z:I");
      client.send(query(INSERT + "; SELECT lastval()"));
      assertThat(client.shapes(1)).containsExactly("C:INSERT 0 1", "T", "D", "C:SELECT 1", "Z:I");
      client.send(
          parse("", INSERT),
          bind("", ""),
          execute("", 0),
          parse("", "SELECT lastval()"),
          bind("", ""),
          execute("", 0),
          sync());
      assertThat(client.shapes(1))
          .containsExactly("1", "2", "C:INSERT 0 1", "1", "2", "D", "C:SELECT 1", "Z:I");
    }
  }

  @Test
  void aFailedTransactionTellsItsOwnError() {
    try (RawConnection client = PROXY.raw()) {
      client.ask("BEGIN");
      client.ask("SELECT 1/0");
      assertThat(client.ask("SELECT lastval()")).containsExactly("E:ERROR:25P02", "Z:E");
      client.ask("ROLLBACK");
    }
  }

  @Test
  void aPoolThatIgnoresStateAndOneOfSessionsAskTheServer() {
    for (ProxyUnderTest each : new ProxyUnderTest[] {IGNORE, SESSION}) {
      try (RawConnection client = each.raw()) {
        client.ask(INSERT);
        assertThat(client.ask("SELECT lastval()")).containsExactly("T", "D", "C:SELECT 1", "Z:I");
      }
    }
  }
}
