package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.stats.Latencies;

/** Layer 2: which times of a session are recorded. */
class TimesTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.client();

  private Latencies took() {
    return rig.counters.latencies();
  }

  private void answers(char status) {
    server.says(complete("SELECT 0"), ready(status));
  }

  @Test
  void a_query_of_its_own_is_a_query_and_a_transaction() {
    client.sends(query("select 1"));
    answers('I');
    assertThat(took().queries().count()).isEqualTo(1);
    assertThat(took().transactions().count()).isEqualTo(1);
    assertThat(took().waits().count()).isEqualTo(1);
    assertThat(took().waits().nanosAt(1000)).isZero();
  }

  @Test
  void queries_of_a_transaction_are_told_apart_from_it() {
    for (char status : new char[] {'T', 'T', 'I'}) {
      client.sends(query("select 1"));
      answers(status);
    }
    assertThat(took().queries().count()).isEqualTo(3);
    assertThat(took().transactions().count()).isEqualTo(1);
  }

  @Test
  void a_query_sent_ahead_begins_when_the_one_before_it_is_answered() {
    client.sends(query("select 1"), query("select 2"));
    answers('I');
    answers('I');
    assertThat(took().queries().count()).isEqualTo(2);
    assertThat(took().transactions().count()).isEqualTo(2);
    assertThat(rig.counters.totals().transactions()).isEqualTo(2);
  }

  @Test
  void what_the_proxy_answers_itself_makes_the_next_query_no_longer() {
    rig.interceptor.on(
        "mine", new org.pglynx.proxy.intercept.Decision.Answer(Fakes.Local.of("row")));
    client.sends(query("mine"));
    assertThat(rig.counters.totals().queryNanos()).isZero();
    long between = System.nanoTime();
    client.sends(query("select 1"));
    answers('I');
    assertThat(rig.counters.totals().queryNanos()).isLessThanOrEqualTo(System.nanoTime() - between);
    assertThat(took().transactions().count()).isEqualTo(1);
  }

  @Test
  void a_sync_alone_is_no_query() {
    client.sends(query("begin"));
    answers('T');
    client.sends(sync());
    server.says(ready('T'));
    assertThat(took().queries().count()).isEqualTo(1);
  }
}
