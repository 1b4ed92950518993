package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;

/** Layer 2: the sessions of a loop have one scan of texts, which knows the last text only. */
class SharedScanTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient first = rig.client();
  private final TestClient second = rig.client();
  private final TestClient busy = rig.client();

  @Test
  void a_query_that_waited_bears_its_own_names_although_another_sessions_was_judged_since() {
    firstHas("s");
    busy.sends(query("select 0"));
    first.sends(query("execute s"));
    second.sends(query("deallocate all_that_was"));
    server.got();
    server.says(complete("SELECT 1"), ready('I'));

    assertThat(server.got()).containsExactly("Q execute pglynx_1");
  }

  @Test
  void a_parse_that_waited_bears_its_own_names_although_another_sessions_was_judged_since() {
    firstHas("s");
    busy.sends(query("select 0"));
    first.sends(parse("", "execute s"), sync());
    second.sends(query("deallocate all_that_was"));
    server.got();
    server.says(complete("SELECT 1"), ready('I'));

    assertThat(server.got()).containsExactly("P :execute pglynx_1", "S");
  }

  private void firstHas(String name) {
    first.sends(parse(name, "select 1"), sync());
    server.says(parseComplete(), parameterDescription(), noData(), ready('I'));
    first.got();
  }
}
