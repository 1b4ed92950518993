package org.pglynx.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.wire.PgError;

/** Layer 1: what a command tag tells the session. */
class CommandTagsTest implements Downstream {
  private final List<String> heard = new ArrayList<>();
  private final Transactions transactions = new Transactions();
  private final CommandTags tags =
      new CommandTags(transactions, () -> heard.add("statements forgotten"));

  private void completes(String tag) {
    tags.read(this, Unpooled.wrappedBuffer((tag + "\0").getBytes(StandardCharsets.UTF_8)), 0);
  }

  @Override
  public void onReplies(ByteBuf run) {
    throw new AssertionError("a tag is only read");
  }

  @Override
  public void onLost(PgError error, int lostSyncs, boolean midReply) {
    throw new AssertionError(error);
  }

  @Override
  public void onDeallocated() {
    heard.add("deallocated");
  }

  @Override
  public void onDeallocatedAll() {
    heard.add("deallocated all");
  }

  @Override
  public void onParametersReset() {
    heard.add("reset");
  }

  @Test
  void a_statement_that_leaves_nothing_is_not_mentioned() {
    completes("SELECT 1");
    completes("CREATE TABLE");
    completes("DELETE 3");
    completes("REFRESH MATERIALIZED VIEW");
    completes("DISCARD PLANS");
    assertThat(heard).isEmpty();
    assertThat(transactions.ended()).isZero();
  }

  @Test
  void commit_ends_a_transaction_also_where_the_next_one_follows_at_once() {
    completes("COMMIT");
    assertThat(transactions.ended()).isEqualTo(1);
  }

  @Test
  void set_and_reset_may_change_parameters() {
    completes("SET");
    completes("RESET");
    assertThat(heard).containsExactly("reset", "reset");
  }

  @Test
  void one_deallocated_statement_is_the_clients() {
    completes("DEALLOCATE");
    assertThat(heard).containsExactly("deallocated");
  }

  @Test
  void deallocate_all_takes_the_shared_statements_with_it() {
    completes("DEALLOCATE ALL");
    assertThat(heard).containsExactly("statements forgotten", "deallocated all");
  }

  @Test
  void discard_all_takes_statements_and_parameters_with_it() {
    completes("DISCARD ALL");
    assertThat(heard).containsExactly("reset", "statements forgotten", "deallocated all");
  }
}
