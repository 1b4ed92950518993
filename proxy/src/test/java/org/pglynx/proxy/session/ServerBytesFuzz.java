package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.closeStatement;
import static org.pglynx.proxy.wire.FrontendBytes.copyDone;
import static org.pglynx.proxy.wire.FrontendBytes.describePortal;
import static org.pglynx.proxy.wire.FrontendBytes.describeStatement;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.flush;
import static org.pglynx.proxy.wire.FrontendBytes.functionCall;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.util.List;
import java.util.Map;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.wire.BackendBytes;
import org.pglynx.proxy.wire.Choices;

/**
 * Fuzz target: a server that answers pipelines with any frames in any order, cut and mutated.
 *
 * <p>Holds: nothing is thrown at the client's side, a second client's server is not touched, every
 * lease is back once the server is gone, every buffer released.
 */
public final class ServerBytesFuzz {
  private static final List<byte[]> SENT =
      List.of(
          query("select 1"),
          query("capitals"),
          query("begin"),
          parse("", "select 1"),
          parse("a", "select 1"),
          parse("r", "capitals"),
          bind("", ""),
          bind("", "a"),
          bind("", "r"),
          describeStatement("a"),
          describePortal(""),
          execute("", 0),
          execute("", 1),
          closeStatement("a"),
          sync(),
          flush(),
          functionCall(),
          copyDone());

  private static final List<byte[]> SAID =
      List.of(
          BackendBytes.ready('I'),
          BackendBytes.ready('T'),
          BackendBytes.ready('E'),
          BackendBytes.complete("SELECT 1"),
          BackendBytes.complete("SET"),
          BackendBytes.complete("DISCARD ALL"),
          BackendBytes.emptyQuery(),
          BackendBytes.parseComplete(),
          BackendBytes.bindComplete(),
          BackendBytes.closeComplete(),
          BackendBytes.noData(),
          BackendBytes.suspended(),
          BackendBytes.copyIn(),
          BackendBytes.copyOut(),
          BackendBytes.functionResult(),
          BackendBytes.rowDescription("x"),
          BackendBytes.parameterDescription(25),
          BackendBytes.row("a"),
          BackendBytes.row("bad", null),
          BackendBytes.parameter("TimeZone", "UTC"),
          BackendBytes.parameter("application_name", "x"),
          BackendBytes.error("42601", "bad"),
          BackendBytes.fatal("57P01", "go"),
          BackendBytes.notice("note"),
          BackendBytes.notification(1, "a", "b"));

  private final Choices choices;
  private final Rig rig = new Rig();
  private final Fakes.Capitals capitals = new Fakes.Capitals();

  private ServerBytesFuzz(Choices choices) {
    this.choices = choices;
  }

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    new ServerBytesFuzz(new Choices(input)).run();
  }

  private void run() {
    rig.interceptor.on("capitals", new Decision.Rewrite("select x", capitals));
    ScriptedServer server = rig.server();
    boolean keeps = choices.flag();
    TestClient client =
        rig.client(
            rig.profile(keeps, rig.interceptor),
            choices.flag()
                ? ParameterSet.DEFAULTS
                : ParameterSet.of(Map.of("application_name", "x")));
    while (choices.more()) {
      step(client, server);
    }
    client.takes(true);
    server.offload();
    rig.loop.run();
    client.leaves();
    server.dies();
    server.offload();
    bystander();
    assertThat(rig.pool.leases()).as("leases").isZero();
    assertThat(rig.registry.views()).as("sessions").isEmpty();
    rig.finish();
    assertThat(rig.buffers.bytes()).as("bytes of buffers that nobody released").isZero();
  }

  private void step(TestClient client, ScriptedServer server) {
    switch (choices.below(12)) {
      case 0, 1, 2 -> client.sends(choices.of(SENT));
      case 3, 4, 5, 6 -> says(server, choices.of(SAID));
      case 7 -> says(server, choices.perhapsMutated(choices.of(SAID)));
      case 8 -> says(server, choices.bytes(choices.below(16)));
      case 9 -> server.offload();
      case 10 -> client.takes(choices.flag());
      default -> cutInTwo(server, choices.of(SAID));
    }
  }

  private static void says(ScriptedServer server, byte[] bytes) {
    if (server.alive() && bytes.length > 0) {
      server.says(bytes);
    }
    server.got();
  }

  private void cutInTwo(ScriptedServer server, byte[] frame) {
    int cut = choices.below(frame.length + 1);
    says(server, java.util.Arrays.copyOf(frame, cut));
    says(server, java.util.Arrays.copyOfRange(frame, cut, frame.length));
  }

  /** Another client on another server is served whatever the first server has done. */
  private void bystander() {
    TestClient other = rig.client();
    ScriptedServer good = rig.server();
    other.sends(query("select 2"));
    assertThat(good.got()).containsExactly("Q select 2");
    good.says(BackendBytes.complete("SELECT 2"), BackendBytes.ready('I'));
    assertThat(other.got()).containsExactly("C SELECT 2", "Z I");
    other.leaves();
  }
}
