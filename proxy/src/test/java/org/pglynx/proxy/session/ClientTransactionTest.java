package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Layer 1: what a client believes of its transaction. */
class ClientTransactionTest {
  private static final PgError GONE =
      PgError.error(SqlState.CONNECTION_FAILURE, "the connection to the server was lost");

  private final ClientTransaction transaction = new ClientTransaction();

  @Test
  void a_client_begins_in_none() {
    assertThat(transaction.none()).isTrue();
    assertThat(transaction.status()).isEqualTo((byte) 'I');
  }

  @Test
  void it_lasts_until_the_client_is_told_of_its_end() {
    transaction.is((byte) 'T');
    assertThat(transaction.none()).isFalse();
    transaction.is((byte) 'E');
    assertThat(transaction.none()).isFalse();
    transaction.is((byte) 'I');
    assertThat(transaction.none()).isTrue();
  }

  @Test
  void those_that_end_without_a_server_are_counted() {
    transaction.isWithoutServer((byte) 'T');
    transaction.isWithoutServer((byte) 'I');
    transaction.is((byte) 'I');
    assertThat(transaction.endedWithoutServer()).isEqualTo(1);
  }

  @Test
  void its_loss_is_told_once() {
    assertThat(transaction.takeLost()).isNull();
    transaction.lose(GONE);
    assertThat(transaction.takeLost()).isEqualTo(GONE);
    assertThat(transaction.takeLost()).isNull();
  }
}
