package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.ServerStatement;

/** Layer 1: the statements that a connection knows. */
class StatementCacheTest {
  private final StatementCache statements = new StatementCache(2);

  private static ServerStatement statement(String name) {
    return new ServerStatement(name.getBytes(StandardCharsets.UTF_8), new byte[0]);
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
