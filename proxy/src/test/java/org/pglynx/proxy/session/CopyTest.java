package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.copyIn;
import static org.pglynx.proxy.wire.BackendBytes.copyOut;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.copyData;
import static org.pglynx.proxy.wire.FrontendBytes.copyDone;
import static org.pglynx.proxy.wire.FrontendBytes.copyFail;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.flush;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.wire.FrontendBytes;

/** Layer 2: COPY in both protocols and both directions. */
class CopyTest {
  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final TestClient client = rig.client();

  @Test
  void copy_out_passes() {
    client.sends(query("copy t to stdout"));
    server.says(
        copyOut(), FrontendBytes.copyData("1\n"), copyDone(), complete("COPY 1"), ready('I'));
    assertThat(client.got()).containsExactly("H", "d 1\n".strip(), "c", "C COPY 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void copy_in_passes() {
    client.sends(query("copy t from stdin"));
    server.says(copyIn());
    client.sends(copyData("1"), copyDone());
    assertThat(server.got()).containsExactly("Q copy t from stdin", "d 1", "c");
    server.says(complete("COPY 1"), ready('I'));
    assertThat(client.got()).containsExactly("G", "C COPY 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void the_client_may_give_a_copy_up() {
    client.sends(query("copy t from stdin"));
    server.says(copyIn());
    client.sends(copyData("1"), copyFail("no more"));
    server.says(error("57014", "COPY from stdin failed: no more"), ready('I'));
    assertThat(client.got()).containsExactly("G", "E 57014", "Z I");
    assertThat(rig.pool.leases()).isZero();
    client.sends(query("select 1"));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("C SELECT 1", "Z I");
  }

  @Test
  void copy_data_that_comes_after_the_copy_has_failed_is_dropped() {
    client.sends(query("copy t from stdin"));
    server.says(copyIn(), error("22P02", "bad row"), ready('I'));
    client.sends(copyData("1"), copyDone(), query("select 1"));
    assertThat(server.got()).containsExactly("Q copy t from stdin", "Q select 1");
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(client.got()).containsExactly("G", "E 22P02", "Z I", "C SELECT 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_late_copy_done_inside_a_transaction_hides_no_reply() {
    client.sends(query("begin"), query("copy t from stdin"));
    server.says(complete("BEGIN"), ready('T'), copyIn(), error("22P02", "bad row"), ready('E'));
    client.sends(copyData("1"), copyDone());
    client.sends(query("rollback"));
    server.says(complete("ROLLBACK"), ready('I'));
    assertThat(client.got())
        .containsExactly("C BEGIN", "Z T", "G", "E 22P02", "Z E", "C ROLLBACK", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void a_server_is_not_given_back_amid_a_copy_data_message() {
    byte[] data = copyData("x".repeat(1000));
    client.sends(query("copy t from stdin"));
    server.says(copyIn());
    client.sends(Arrays.copyOf(data, 500));
    server.says(error("22P02", "bad row"), ready('I'));
    assertThat(rig.pool.leases()).as("half a message is on its way to it").isEqualTo(1);
    client.sends(Arrays.copyOfRange(data, 500, data.length));
    assertThat(server.got()).hasSize(2);
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void copy_in_with_the_extended_protocol_ignores_an_early_sync() {
    client.sends(parse("", "copy t from stdin"), bind("", ""), execute("", 0), sync());
    server.says(parseComplete(), bindComplete(), copyIn());
    client.sends(copyData("1"), copyDone(), sync());
    server.says(complete("COPY 1"), ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "G", "C COPY 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void copy_in_with_the_extended_protocol_may_be_sent_at_once() {
    client.sends(
        parse("", "copy t from stdin"),
        bind("", ""),
        execute("", 0),
        copyData("1"),
        copyDone(),
        sync());
    server.says(parseComplete(), bindComplete(), copyIn(), complete("COPY 1"), ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "G", "C COPY 1", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }

  @Test
  void an_error_amid_an_extended_copy_skips_to_sync() {
    client.sends(parse("", "copy t from stdin"), bind("", ""), execute("", 0), flush());
    server.says(parseComplete(), bindComplete(), copyIn(), error("22P02", "bad row"));
    client.sends(copyData("1"), copyDone(), sync());
    server.says(ready('I'));
    assertThat(client.got()).containsExactly("1", "2", "G", "E 22P02", "Z I");
    assertThat(rig.pool.leases()).isZero();
  }
}
