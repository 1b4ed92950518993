package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.query;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.InternalSession;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/** Sessions that get no server, again and again: {@code checkout_failure_limit}. */
class CheckoutFailureTest {
  private static final PgError NONE =
      PgError.error(SqlState.INSUFFICIENT_RESOURCES, "none came free");

  @RegisterExtension final Rig rig = new Rig();
  private final TestClient client = client(2);

  private TestClient client(int limit) {
    SessionPolicy policy =
        new SessionPolicy(
            PoolMode.TRANSACTION,
            OnSessionState.PIN,
            false,
            TimeLimits.NONE,
            new SessionPolicy.ServerUse(ServerRole.PRIMARY, false, limit));
    SessionProfile profile =
        new SessionProfile(
            "shop",
            "app",
            policy,
            new SessionProfile.Statements(null, new StatementRegistry(100), InternalSession::new),
            loop -> rig.place(),
            Map.of(),
            ClientQuota.NONE);
    return rig.client(profile, ParameterSet.DEFAULTS);
  }

  private void isRefused(TestClient asking) {
    asking.sends(query("SELECT 1"));
    rig.pool.refuse(NONE);
  }

  @Test
  void so_many_in_a_row_end_the_session() {
    isRefused(client);
    assertThat(client.got()).containsExactly("E 53000", "Z I");

    isRefused(client);
    assertThat(client.got()).containsExactly("E FATAL 08006");
  }

  @Test
  void a_server_in_between_makes_good_for_what_was_before() {
    isRefused(client);
    client.sends(query("SELECT 1"));
    ScriptedServer server = rig.server();
    server.says(complete("SELECT 1"), ready('I'));
    server.dies();
    client.got();

    isRefused(client);

    assertThat(client.got()).containsExactly("E 53000", "Z I");
  }

  @Test
  void what_the_client_itself_gives_up_is_no_failure() {
    int id = rig.registry.views().getFirst().id();
    for (int i = 0; i < 3; i++) {
      client.sends(query("SELECT 1"));
      rig.registry.cancel(id, rig.cancelKey(id));
      rig.loop.run();
      assertThat(client.got()).containsExactly("E 57014", "Z I");
    }
  }

  @Test
  void without_a_limit_a_session_may_try_for_ever() {
    TestClient patient = client(0);
    for (int i = 0; i < 10; i++) {
      isRefused(patient);
      assertThat(patient.got()).containsExactly("E 53000", "Z I");
    }
  }
}
