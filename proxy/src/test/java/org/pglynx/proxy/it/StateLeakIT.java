package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a client leaves in its session, in whatever way it ends: the next client on the same
 * server connection sees nothing of it.
 */
class StateLeakIT {
  @RegisterExtension static final ProxyUnderTest PIN = ProxyUnderTest.transactionMode(1);

  @RegisterExtension
  static final ProxyUnderTest IGNORE =
      ProxyUnderTest.transactionMode(1).pool("on_session_state = \"ignore\"");

  /** What a client can leave. */
  private static final List<String> STATES =
      List.of(
          "SET statement_timeout = 12345",
          "SET TimeZone = 'Asia/Tokyo'; SET lock_timeout = 4711",
          "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
          "SET default_transaction_read_only = on",
          "SET search_path = leaky, public",
          "SET my.own = 'leftover'",
          "SELECT set_config('my.own', 'leftover', false)",
          "SELECT set_config('my' || '.own', 'leftover', false)",
          "SELECT set_config('lock_timeout', '4711', false)",
          "DO $$ BEGIN PERFORM set_config('lock_timeout', '4711', false); END $$",
          "SET ROLE lowly",
          "SET SESSION AUTHORIZATION lowly",
          "SELECT set_config('role', 'lowly', false)",
          "PREPARE leftover AS SELECT 1",
          "DECLARE leftover CURSOR WITH HOLD FOR SELECT 1",
          "LISTEN leftover",
          "CREATE TEMP TABLE leftover(a int)",
          "SELECT 1 AS a INTO TEMP leftover",
          "CREATE TABLE pg_temp.leftover(a int)",
          "CREATE FUNCTION pg_temp.leftover() RETURNS int LANGUAGE sql AS 'SELECT 1'",
          "SELECT pg_advisory_lock(42)",
          "SELECT pg_try_advisory_lock_shared(4, 2)",
          "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 4711",
          "DO $$ BEGIN EXECUTE 'CREATE TEMP TABLE leftover(a int)'; END $$");

  /** Asks for all of it. */
  private static final String STATE =
      "SELECT concat_ws(' ', current_user, session_user, current_setting('statement_timeout'),"
          + " current_setting('lock_timeout'), current_setting('TimeZone'),"
          + " current_setting('search_path'), current_setting('default_transaction_read_only'),"
          + " coalesce(nullif(current_setting('my.own', true), ''), 'none'),"
          + " coalesce(nullif(current_setting('auto_explain.log_min_duration', true), ''), 'none'),"
          + " (SELECT count(*) FROM pg_prepared_statements WHERE name = 'leftover'),"
          + " (SELECT count(*) FROM pg_cursors), (SELECT count(*) FROM pg_listening_channels()),"
          + " (SELECT count(*) FROM pg_class WHERE relname = 'leftover'),"
          + " (SELECT count(*) FROM pg_proc WHERE proname = 'leftover'),"
          + " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'))";

  private enum Protocol {
    SIMPLE,
    EXTENDED,
    NAMED
  }

  private enum End {
    NONE,
    COMMIT,
    ROLLBACK,
    OPEN
  }

  @BeforeAll
  static void createRole() {
    PIN.postgres()
        .execute(
            "postgres",
            "DO $$ BEGIN CREATE ROLE lowly; EXCEPTION WHEN duplicate_object THEN END $$");
  }

  static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (String sql : STATES) {
      for (Protocol protocol : Protocol.values()) {
        for (End end : End.values()) {
          if (protocol == Protocol.SIMPLE || !sql.contains("; S")) {
            cases.add(Arguments.of(sql, protocol, end));
          }
        }
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsLeftByAClientThatLeaves(String sql, Protocol protocol, End end) {
    String clean = stateOfAnother(PIN);
    try (RawConnection first = PIN.raw()) {
      run(first, sql, protocol, end);
      if (end != End.COMMIT) {
        // Without a Terminate.
        first.close();
      } else {
        first.send(RawConnection.terminate());
      }
      assertThat(stateOfAnother(PIN)).as("%s, %s, %s", sql, protocol, end).isEqualTo(clean);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsSeenByAClientThatComesInBetween(String sql, Protocol protocol, End end) {
    try (RawConnection second = IGNORE.raw();
        RawConnection first = IGNORE.raw()) {
      String clean = second.value(STATE);
      run(first, sql, protocol, end == End.OPEN ? End.COMMIT : end);
      assertThat(second.value(STATE)).isEqualTo(clean);
      first.value("SELECT 1");
      assertThat(second.value(STATE)).isEqualTo(clean);
    }
  }

  private static String stateOfAnother(ProxyUnderTest proxy) {
    try (RawConnection another = proxy.raw()) {
      return another.value(STATE);
    }
  }

  private static void run(RawConnection client, String sql, Protocol protocol, End end) {
    boolean block = end != End.NONE;
    if (block) {
      client.ask("BEGIN");
    }
    switch (protocol) {
      case SIMPLE -> client.send(query(sql));
      case EXTENDED -> client.send(parse("", sql), bind("", ""), execute("", 0), sync());
      case NAMED -> {
        client.send(parse("n", sql), sync());
        client.untilReady();
        client.send(bind("", "n"), execute("", 0), sync());
      }
    }
    assertThat(client.shapes(1)).noneMatch(shape -> shape.startsWith("E:"));
    if (block && end != End.OPEN) {
      client.ask(end.name());
    }
  }
}
