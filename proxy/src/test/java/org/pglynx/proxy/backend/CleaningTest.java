package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.relay.ServerStatement;

/** Layer 1: what a session leaves on its connection, and the statements that a connection knows. */
class CleaningTest {
  private final Dirt dirt = new Dirt();
  private final StatementCache statements = new StatementCache(2);

  private static ServerStatement statement(String name) {
    return new ServerStatement(name.getBytes(StandardCharsets.UTF_8), new byte[0]);
  }

  private void completed(String tag) {
    ByteBuf frame = Unpooled.copiedBuffer(tag + "\0", StandardCharsets.UTF_8);
    dirt.completed(frame, 0, statements);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET",
        "PREPARE",
        "LISTEN",
        "LOAD",
        "DECLARE CURSOR",
        "DISCARD ALL",
        "DEALLOCATE ALL"
      })
  void these_leave_traces(String tag) {
    completed(tag);
    dirt.ready();
    assertThat(dirt.any()).isTrue();
    dirt.clear();
    assertThat(dirt.any()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "INSERT 0 1",
        "BEGIN",
        "COMMIT",
        "SAVEPOINT",
        "DELETE 1",
        "DROP TABLE",
        "LOCK TABLE",
        "S",
        "D",
        "L",
        "P",
        ""
      })
  void these_leave_none(String tag) {
    completed(tag);
    dirt.ready();
    assertThat(dirt.any()).isFalse();
  }

  @Test
  void a_set_that_the_server_reports_leaves_none_whenever_the_report_comes() {
    dirt.parameterReported();
    completed("SET");
    dirt.ready();
    completed("SET");
    dirt.parameterReported();
    dirt.ready();
    assertThat(dirt.any()).isFalse();
    completed("SET");
    completed("SET");
    dirt.parameterReported();
    dirt.ready();
    assertThat(dirt.any()).isTrue();
  }

  @Test
  void the_clients_own_cleaning_takes_the_statements_with_it() {
    statements.add(statement("a"));
    completed("DISCARD ALL");
    assertThat(statements.uses(statement("a"))).isFalse();
  }

  @Test
  void the_least_recently_used_statement_makes_room() {
    assertThat(statements.add(statement("a"))).isNull();
    assertThat(statements.add(statement("b"))).isNull();
    assertThat(statements.uses(statement("a"))).isTrue();
    assertThat(statements.add(statement("c"))).isEqualTo(statement("b"));
    assertThat(statements.size()).isEqualTo(2);
  }

  @Test
  void a_restored_statement_is_the_next_to_make_room() {
    statements.add(statement("a"));
    statements.restore(statement("b"));
    assertThat(statements.add(statement("c"))).isEqualTo(statement("b"));
  }
}
