package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 1: what a client is told of the end of its server connection. */
class EndingTest {
  private static final PgError TOLD =
      PgError.error(SqlState.ADMIN_SHUTDOWN, "terminating connection");

  private final Ending ending = new Ending(ScriptedServer.TARGET);

  @Test
  void a_connection_that_simply_ends_is_called_unexpected() {
    assertThat(ending.error().code()).isEqualTo("08006");
    assertThat(ending.error().message()).contains("db:5432", "unexpectedly");
  }

  @Test
  void what_went_wrong_on_the_way_is_told() {
    ending.broken(new IOException("Connection reset by peer"));
    assertThat(ending.error().message()).contains("db:5432", "Connection reset by peer");
  }

  @Test
  void the_servers_own_words_come_first() {
    ending.is(TOLD);
    ending.broken(new IOException("Connection reset by peer"));
    assertThat(ending.error()).isEqualTo(TOLD);
  }

  @Test
  void what_is_said_later_holds() {
    ending.broken(new IOException("Connection reset by peer"));
    ending.is(TOLD);
    assertThat(ending.error()).isEqualTo(TOLD);
  }
}
