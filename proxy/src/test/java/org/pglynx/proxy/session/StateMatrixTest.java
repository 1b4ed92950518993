package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.closePortal;
import static org.pglynx.proxy.wire.FrontendBytes.closeStatement;
import static org.pglynx.proxy.wire.FrontendBytes.copyData;
import static org.pglynx.proxy.wire.FrontendBytes.copyDone;
import static org.pglynx.proxy.wire.FrontendBytes.copyFail;
import static org.pglynx.proxy.wire.FrontendBytes.describePortal;
import static org.pglynx.proxy.wire.FrontendBytes.describeStatement;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.flush;
import static org.pglynx.proxy.wire.FrontendBytes.frame;
import static org.pglynx.proxy.wire.FrontendBytes.functionCall;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.password;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.raw;
import static org.pglynx.proxy.wire.FrontendBytes.sync;
import static org.pglynx.proxy.wire.FrontendBytes.terminate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Layer 2: every message of a client in every state of its session. Whatever happens, the session
 * answers the next Sync or is closed, no lease is lost, no buffer leaks (CVE-2012-4575: every
 * message in every state).
 */
class StateMatrixTest {
  /** A state of a session, and how it comes about. */
  enum State {
    DETACHED,
    WAITING,
    ATTACHED_IDLE,
    IN_TRANSACTION,
    IN_FAILED_TRANSACTION,
    AMID_BATCH,
    ANSWERING,
    ANSWERING_IN_TRANSACTION,
    SKIPPING,
    SERVER_SKIPS,
    COPYING_SIMPLE,
    COPYING_EXTENDED,
    REWRITTEN_RUNS
  }

  /** A message of a client. */
  record Message(String name, byte[] bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Message> MESSAGES =
      List.of(
          new Message("Query", query("select 1")),
          new Message("Query, failing", query("bad")),
          new Message("Query, local", query("quick")),
          new Message("Query, refused", query("refused")),
          new Message("Query, rewritten", query("capitals")),
          new Message("Parse", parse("", "select 1")),
          new Message("Parse, failing", parse("", "bad")),
          new Message("Parse, named", parse("n", "select 1")),
          new Message("Parse, local", parse("", "quick")),
          new Message("Parse, rewritten", parse("r", "capitals")),
          new Message("Parse, refused", parse("", "refused")),
          new Message("Bind", bind("", "")),
          new Message("Bind, unknown", bind("", "unknown")),
          new Message("Bind, malformed", raw('B', 6, (byte) 'x', (byte) 'y')),
          new Message("Describe statement", describeStatement("")),
          new Message("Describe portal", describePortal("")),
          new Message("Describe, malformed", raw('D', 4)),
          new Message("Execute", execute("", 0)),
          new Message("Execute, limited", execute("", 1)),
          new Message("Execute, malformed", raw('E', 5, (byte) 0)),
          new Message("Close statement", closeStatement("n")),
          new Message("Close portal", closePortal("")),
          new Message("Close, malformed", raw('C', 4)),
          new Message("Sync", sync()),
          new Message("Flush", flush()),
          new Message("FunctionCall", functionCall()),
          new Message("CopyData", copyData("x")),
          new Message("CopyDone", copyDone()),
          new Message("CopyFail", copyFail("no")),
          new Message("Terminate", terminate()),
          new Message("Password", password("x")),
          new Message("unknown", frame('y', out -> {})),
          new Message("bad length", raw('Q', 2)));

  @RegisterExtension final Rig rig = new Rig();
  private final Fakes.Local slow = Fakes.Local.slow();
  private final TestClient client = rig.client();
  private final List<String> got = new ArrayList<>();

  StateMatrixTest() {
    rig.interceptor
        .on("quick", new Decision.Answer(Fakes.Local.of("a")))
        .on("slow", new Decision.Answer(slow))
        .on("capitals", new Decision.Rewrite("select x", new Fakes.Capitals()))
        .on(
            "refused",
            new Decision.Refuse(PgError.error(SqlState.FEATURE_NOT_SUPPORTED, "not this")));
  }

  static Stream<Arguments> pairs() {
    return Stream.of(State.values())
        .flatMap(state -> MESSAGES.stream().map(message -> Arguments.of(state, message)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("pairs")
  void every_message_in_every_state_ends_defined(State state, Message message) {
    if (state == State.WAITING) {
      client.sends(query("select 0"));
      client.sends(message.bytes());
      ScriptedServer server = rig.server();
      endsDefined(server, new PostgresModel(server));
    } else {
      ScriptedServer server = rig.server();
      PostgresModel model = new PostgresModel(server);
      enter(state, model);
      client.sends(message.bytes());
      endsDefined(server, model);
    }
  }

  private void enter(State state, PostgresModel model) {
    switch (state) {
      case DETACHED, WAITING -> {
        // So it begins.
      }
      case ATTACHED_IDLE -> sends(model, parse("", "select 0"), describeStatement(""), sync());
      case IN_TRANSACTION -> sends(model, query("begin"));
      case IN_FAILED_TRANSACTION -> sends(model, query("begin"), query("bad"));
      case AMID_BATCH -> sends(model, parse("", "select 0"), bind("", ""), flush());
      case ANSWERING -> client.sends(query("slow"));
      case ANSWERING_IN_TRANSACTION -> sends(model, query("begin"), query("slow"));
      case SKIPPING -> client.sends(bind("", "unknown"));
      case SERVER_SKIPS -> sends(model, parse("", "bad"), flush());
      case COPYING_SIMPLE -> sends(model, query("copy"));
      case COPYING_EXTENDED ->
          sends(model, parse("", "copy"), bind("", ""), execute("", 0), flush());
      case REWRITTEN_RUNS -> client.sends(query("capitals"));
    }
  }

  private void sends(PostgresModel model, byte[]... messages) {
    client.sends(messages);
    model.run();
  }

  private void endsDefined(ScriptedServer server, PostgresModel model) {
    settle(model);
    client.sends(copyFail("end of test"), sync(), query("commit"));
    settle(model);
    if (!client.disconnected()) {
      got.addAll(client.got());
      assertThat(got).as("the last answer").isNotEmpty().last().asString().startsWith("Z ");
      assertThat(got).as("the answer to commit").endsWith(lastTwo());
    }
    client.leaves();
    settle(model);
    server.takesCancels();
    settle(model);
    assertThat(rig.pool.leases()).as("leases").isZero();
    assertThat(rig.registry.views()).isEmpty();
  }

  /** Commit succeeds, or tells of a lost server. */
  private String[] lastTwo() {
    String before = got.get(got.size() - 2);
    assertThat(before).isIn("C ROLLBACK", "E 08P01", "E 08006");
    return new String[] {before, "Z I"};
  }

  private void settle(PostgresModel model) {
    for (int round = 0; round < 3; round++) {
      model.run();
      rig.loop.run();
      if (slow.starts > 0) {
        slow.running().complete("SLOW");
      }
    }
    model.run();
  }

  private TimeLimits randomLimits(Random random) {
    return TimeLimits.ofMillis(
        random.nextInt(3) * 100L,
        random.nextInt(3) * 150L,
        random.nextInt(3) * 100L,
        random.nextInt(3) * 200L);
  }

  @Test
  void random_conversations_within_time_limits_end_defined() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      TestClient each =
          rig.client(
              rig.profile(
                  random.nextInt(4) == 0,
                  randomLimits(random),
                  rig.interceptor,
                  random.nextBoolean()),
              ParameterSet.DEFAULTS);
      ScriptedServer server = rig.server();
      PostgresModel model = new PostgresModel(server);
      try {
        for (int i = 0; i < 12; i++) {
          each.sends(MESSAGES.get(random.nextInt(28)).bytes());
          switch (random.nextInt(4)) {
            case 0 -> model.run();
            case 1 -> passes(random.nextInt(100));
            case 2 -> server.takesCancels();
            default -> passes(random.nextInt(20) == 0 ? 12_000 : 5);
          }
        }
        each.sends(copyFail("end"), sync(), query("rollback"));
        for (int i = 0; i < 3; i++) {
          server.takesCancels();
          settle(model);
        }
        if (!each.disconnected() && server.alive()) {
          assertThat(each.got()).last().isEqualTo("Z I");
        }
        each.leaves();
        settle(model);
        server.takesCancels();
        settle(model);
        assertThat(rig.pool.leases()).isZero();
        assertThat(rig.registry.views()).as("but the test's own").hasSize(1);
        server.dies();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + " round " + round, e);
      }
    }
    passes(1000);
    assertThat(rig.loop.timers()).as("nobody is looked at any more").isZero();
  }

  private void passes(int millis) {
    for (int passed = 0; passed < millis; passed += 5) {
      rig.loop.pass(5);
    }
  }

  @Test
  void random_conversations_end_defined() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      TestClient each = rig.client();
      ScriptedServer server = rig.server();
      PostgresModel model = new PostgresModel(server);
      try {
        for (int i = 0; i < 12; i++) {
          byte[] next = MESSAGES.get(random.nextInt(28)).bytes();
          each.sends(next);
          if (random.nextBoolean()) {
            model.run();
          }
        }
        model.run();
        each.sends(copyFail("end"), sync(), query("rollback"));
        settle(model);
        if (!each.disconnected() && server.alive()) {
          assertThat(each.got()).last().isEqualTo("Z I");
        }
        each.leaves();
        settle(model);
        server.takesCancels();
        settle(model);
        assertThat(rig.pool.leases()).isZero();
        server.dies();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + " round " + round, e);
      }
    }
  }
}
