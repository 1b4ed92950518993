package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.copyIn;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.closeStatement;
import static org.pglynx.proxy.wire.FrontendBytes.copyData;
import static org.pglynx.proxy.wire.FrontendBytes.copyDone;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.relay.ParameterSet;

/** Layer 2: one server for two clients; what the first does wrong is not the second's business. */
class SharedServerTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient first = rig.client();
  private final TestClient second = rig.client();

  @Test
  void a_server_that_skips_up_to_sync_is_no_other_clients_before_it() {
    first.sends(parse("", "bad"), query("select 1"));
    server.says(error("42601", "bad"));
    second.sends(query("select 2"));

    assertThat(server.got()).containsExactly("P :bad", "H");
    first.sends(sync());
    server.says(ready('I'));
    assertThat(server.got()).containsExactly("S", "Q select 2");
  }

  @Test
  void a_server_that_skips_is_synced_when_its_client_leaves() {
    first.sends(parse("", "bad"), query("select 1"));
    server.says(error("42601", "bad"));
    server.got();
    first.leaves();

    assertThat(server.got()).contains("S", "Q ROLLBACK", "Q DISCARD ALL");
  }

  @Test
  void a_frame_that_came_in_two_reads_is_complete_before_the_server_is_another_clients() {
    byte[] stray = copyData("stray");
    first.sends(query("select 1"), Arrays.copyOf(stray, 6));
    server.says(complete("SELECT 1"), ready('I'));
    first.sends(Arrays.copyOfRange(stray, 6, stray.length), bind("", "unknown"));
    second.sends(query("select 2"));

    assertThat(server.got()).containsExactly("Q select 1", "d stray", "Q select 2");
  }

  @Test
  void a_copy_goes_on_behind_a_close_that_the_server_never_saw() {
    first.sends(query("copy"), closeStatement("unknown"), sync());
    server.says(copyIn());
    server.got();
    first.sends(copyData("x"), copyDone());
    server.says(complete("COPY 1"), ready('I'));

    assertThat(first.got()).containsExactly("G", "C COPY 1", "Z I", "3");
    second.sends(query("select 2"));
    assertThat(server.got()).containsExactly("d x", "c", "Q select 2");
  }

  @Test
  void a_statement_amid_a_copy_ends_the_session_also_behind_a_close_that_the_server_never_saw() {
    first.sends(query("copy"), closeStatement("unknown"));
    server.says(copyIn());
    first.sends(query("select 1"));

    assertThat(first.got()).containsExactly("G", "E FATAL 08P01");
    assertThat(first.disconnected()).isTrue();
  }

  @Test
  void a_query_that_the_server_skips_does_not_end_the_unnamed_statement() {
    TestClient keeping = rig.client(rig.profile(true, rig.interceptor), ParameterSet.DEFAULTS);
    keeping.sends(parse("", "select $1"), bind("", ""), query("select 2"));
    server.says(parseComplete(), error("08P01", "a parameter is missing"));
    keeping.sends(sync());
    server.says(ready('I'));
    server.got();
    keeping.sends(bind("", ""), sync());

    assertThat(server.got()).containsExactly("B /", "S");
  }

  @Test
  void a_name_whose_parse_was_skipped_is_unknown_although_the_server_has_the_statement() {
    first.sends(parse("known", "select 1"), sync());
    server.says(parseComplete(), parameterDescription(), noData(), ready('I'));
    server.got();
    second.sends(parse("", "bad"), parse("s", "select 1"), sync(), bind("", "s"), sync());
    assertThat(server.got())
        .containsExactly("P :bad", "P pglynx_2:select 1", "D S pglynx_2", "S", "H");
    server.says(error("42601", "bad"), ready('I'));

    assertThat(second.got()).containsExactly("E 42601", "Z I", "E 26000", "Z I");
    assertThat(server.got()).isEmpty();
  }

  @Test
  void a_name_is_used_without_waiting_in_its_own_batch() {
    second.sends(query("begin"), parse("s", "select 1"), bind("", "s"), sync());

    assertThat(server.got())
        .containsExactly("Q begin", "P pglynx_1:select 1", "D S pglynx_1", "B /pglynx_1", "S");
  }

  @Test
  void a_name_whose_parse_failed_is_told_by_the_name_that_the_client_knows() {
    second.sends(parse("s", "bad"), sync(), bind("", "s"), sync());
    server.says(error("42601", "bad"), ready('I'));

    assertThat(second.got()).containsExactly("E 42601", "Z I", "E 26000", "Z I");
    assertThat(server.got()).containsExactly("P pglynx_1:bad", "D S pglynx_1", "S", "H");
  }
}
