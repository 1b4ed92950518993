package org.pglynx.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
import static org.pglynx.proxy.wire.FrontendBytes.functionCall;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;
import static org.pglynx.proxy.wire.FrontendBytes.terminate;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.pglynx.proxy.backend.ScriptedServer;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.BackendBytes;
import org.pglynx.proxy.wire.Choices;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Fuzz target: clients that send messages and mutated messages in any order and in any pieces, over
 * servers that answer as Postgres does, die, and stop reading.
 *
 * <p>Holds: what a client receives are whole frames and answers to its own statements, in their
 * order; it receives no more ReadyForQuery than it asked for; who has sent well-formed messages is
 * answered in the end; every lease is back, every buffer released.
 */
public final class ConversationFuzz {
  private static final int MAX_SERVERS = 4;
  private static final List<String> NAMES = List.of("", "a", "b");
  private static final List<String> PORTALS = List.of("", "p");
  private static final List<String> TEXTS =
      List.of(
          "begin",
          "commit",
          "rollback",
          "bad",
          "copy",
          "set",
          "select x",
          "quick",
          "slow",
          "failing",
          "capitals",
          "refused",
          "",
          "select 0");

  private final Choices choices;
  private final Rig rig = new Rig();
  private final List<Peer> peers = new ArrayList<>();
  private final List<ScriptedServer> servers = new ArrayList<>();
  private final List<PostgresModel> models = new ArrayList<>();
  private final ArrayDeque<AnswerContext> slow = new ArrayDeque<>();
  private final Capitals capitals = new Capitals();
  private boolean mutating;

  /** A client, and what it may expect. */
  private static final class Peer {
    final TestClient client;
    final int number;
    final List<byte[]> unsent = new ArrayList<>();
    boolean malformed;
    int questions;
    int readiesDue;
    int answered;

    Peer(TestClient client, int number) {
      this.client = client;
      this.number = number;
    }
  }

  /** Rewrites for any number of clients, at once or later. */
  private static final class Capitals implements RowRewrite {
    final Fakes.Capitals rows = new Fakes.Capitals();
    final ArrayDeque<Callback> opening = new ArrayDeque<>();
    boolean slow;

    @Override
    public void describe(ByteBuf in, ByteBuf out) {
      rows.describe(in, out);
    }

    @Override
    public int position(int position) {
      return position;
    }

    @Override
    public Cancellable open(Arguments arguments, AnswerContext context, Callback given) {
      if (slow) {
        opening.add(given);
        return () -> context.loop().execute(() -> cancelled(given));
      }
      given.opened(rows);
      return Cancellable.DONE;
    }

    private void cancelled(Callback given) {
      if (opening.remove(given)) {
        given.failed(PgError.error(SqlState.QUERY_CANCELED, "as the user wished"));
      }
    }
  }

  private ConversationFuzz(Choices choices) {
    this.choices = choices;
  }

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    new ConversationFuzz(new Choices(input)).run();
  }

  private void run() {
    PgError refusal = PgError.error(SqlState.FEATURE_NOT_SUPPORTED, "not this");
    rig.interceptor
        .on("quick", new Decision.Answer(Fakes.Local.of("a")))
        .on("slow", new Decision.Answer(new Fakes.Local((given, to) -> slow.add(to))))
        .on("failing", new Decision.Answer(new Fakes.Local((given, to) -> to.fail(refusal))))
        .on("capitals", new Decision.Rewrite("select x", capitals))
        .on("refused", new Decision.Refuse(refusal));
    int clients = 1 + choices.below(3);
    int mode = 0;
    for (int i = 0; i < clients; i++) {
      int kind = choices.below(4);
      // A pool has one mode: who shares servers for a transaction does not with whole sessions.
      mode = i == 0 ? kind & 2 : mode;
      peers.add(new Peer(client(kind & 1 | mode), i));
    }
    addServer();
    while (choices.more()) {
      step(choices.of(peers));
    }
    end();
  }

  private TestClient client(int kind) {
    ParameterSet parameters =
        kind == 1 ? ParameterSet.of(Map.of("application_name", "x'y")) : ParameterSet.DEFAULTS;
    return switch (kind) {
      case 3 -> rig.client(rig.profile(true, null), parameters);
      case 2 -> rig.client(rig.profile(true, rig.interceptor), parameters);
      case 0 -> rig.client(rig.profile(false, rig.interceptor, true), parameters);
      default -> rig.client(rig.profile(false, rig.interceptor), parameters);
    };
  }

  private void addServer() {
    ScriptedServer server = rig.server();
    servers.add(server);
    models.add(new PostgresModel(server));
  }

  private void step(Peer peer) {
    switch (choices.below(24)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> peer.unsent.add(message(peer));
      case 8, 9, 10, 11 -> sendsAll(peer);
      case 12 -> sendsAlmostAll(peer);
      case 13, 14, 15, 16 -> answers();
      case 17 -> mutated(peer);
      case 18 -> peer.client.takes(choices.flag());
      case 19 -> serverTakes(server());
      case 20 -> localWork();
      case 21 -> cancels(peer);
      case 22 -> asynchronous();
      default -> rare(peer);
    }
    looks(peer);
  }

  private void rare(Peer peer) {
    switch (choices.below(6)) {
      case 0 -> server().dies();
      case 1 -> peer.client.leaves();
      case 2 -> server().passes(11);
      case 3 -> server().takesCancels();
      case 4 -> {
        peer.malformed = true;
        peer.readiesDue += 8;
        peer.client.sends(choices.bytes(choices.below(32)));
      }
      default -> {
        if (servers.size() < MAX_SERVERS) {
          addServer();
        }
      }
    }
  }

  private void serverTakes(ScriptedServer server) {
    if (server.alive()) {
      server.takes(choices.flag());
    }
  }

  private ScriptedServer server() {
    return choices.of(servers);
  }

  private byte[] message(Peer peer) {
    String statement = choices.of(NAMES);
    String portal = choices.of(PORTALS);
    return switch (choices.below(18)) {
      case 0 -> asking(peer, query(choices.of(TEXTS)));
      case 1 -> asking(peer, query(question(peer)));
      case 2 -> parse("", own(peer));
      case 3 -> parse(statement, choices.of(TEXTS));
      case 4 -> parse(statement, own(peer));
      case 5, 6 -> bind(portal, statement);
      case 7 -> describeStatement(statement);
      case 8 -> describePortal(portal);
      case 9, 10 -> execute(portal, choices.below(2));
      case 11 -> choices.flag() ? closeStatement(statement) : closePortal(portal);
      case 12, 13 -> asking(peer, sync());
      case 14 -> flush();
      case 15 -> asking(peer, functionCall());
      case 16 -> copyData("x");
      default -> ending(peer);
    };
  }

  /** A text whose command tag tells whose it is; none that is to be mutated. */
  private String question(Peer peer) {
    return mutating ? "select 1" : "who " + peer.number + " " + ++peer.questions;
  }

  private String own(Peer peer) {
    return mutating ? "select 2" : "whose " + peer.number;
  }

  private byte[] ending(Peer peer) {
    return switch (choices.below(8)) {
      case 0 -> terminate();
      case 1, 2, 3, 4 -> copyDone();
      default -> copyFail("no " + peer.number);
    };
  }

  private static byte[] asking(Peer peer, byte[] message) {
    peer.readiesDue++;
    return message;
  }

  private void mutated(Peer peer) {
    peer.malformed = true;
    peer.readiesDue += 8;
    mutating = true;
    peer.unsent.add(choices.perhapsMutated(message(peer)));
    mutating = false;
  }

  private static void sendsAll(Peer peer) {
    tell(peer, "sends", peer.unsent);
    peer.client.sends(peer.unsent.toArray(byte[][]::new));
    peer.unsent.clear();
  }

  /** The last message in two pieces, with whatever happens in between. */
  private void sendsAlmostAll(Peer peer) {
    if (!peer.unsent.isEmpty()) {
      byte[] last = peer.unsent.removeLast();
      int cut = choices.below(Math.min(last.length, 255) + 1);
      peer.unsent.add(Arrays.copyOf(last, cut));
      sendsAll(peer);
      peer.unsent.add(Arrays.copyOfRange(last, cut, last.length));
    }
  }

  private void answers() {
    models.forEach(PostgresModel::run);
    rig.loop.run();
  }

  private void localWork() {
    if (choices.flag() && !slow.isEmpty()) {
      slow.remove().complete("SLOW");
    } else if (!capitals.opening.isEmpty()) {
      capitals.opening.remove().opened(capitals.rows);
    } else {
      capitals.slow = choices.flag();
    }
    rig.loop.run();
  }

  private void cancels(Peer peer) {
    boolean right = choices.flag();
    for (ClientView view : rig.registry.views()) {
      byte[] key = right ? rig.cancelKey(view.id()) : new byte[32];
      rig.registry.cancel(view.id(), key);
    }
    rig.loop.run();
    looks(peer);
  }

  /** What a server may say at any time. */
  private void asynchronous() {
    ScriptedServer server = server();
    if (server.alive()) {
      switch (choices.below(3)) {
        case 0 -> server.says(BackendBytes.notice("by the way"));
        case 1 -> server.says(BackendBytes.parameter("TimeZone", "UTC"));
        default -> server.says(BackendBytes.notification(7, "channel", "text"));
      }
    }
  }

  /** What happens, for whoever looks into a finding. */
  private static void tell(Peer peer, String what, List<byte[]> messages) {
    if (Boolean.getBoolean("fuzz.tells")) {
      for (byte[] message : messages) {
        String text = new String(message, ISO_8859_1).replaceAll("[^ -~]", ".");
        System.out.println("client " + peer.number + " " + what + " " + text);
      }
    }
  }

  private static void looks(Peer peer) {
    for (String line : peer.client.got()) {
      tell(peer, "gets", List.of(line.getBytes(ISO_8859_1)));
      if (line.startsWith("Z")) {
        peer.readiesDue--;
        assertThat(peer.readiesDue).as("ReadyForQuery that are still due").isNotNegative();
      } else if (line.startsWith("C who")) {
        String[] words = line.split(" ");
        assertThat(words[2]).as("whose answer %s is", line).isEqualTo(String.valueOf(peer.number));
        if (words[1].equals("who")) {
          int question = Integer.parseInt(words[3]);
          assertThat(question).as("the number of the answer").isGreaterThan(peer.answered);
          peer.answered = question;
        }
      }
    }
  }

  private void end() {
    servers.stream().filter(ScriptedServer::alive).forEach(server -> server.takes(true));
    peers.forEach(peer -> peer.client.takes(true));
    // Who keeps a server for its whole session must not starve the others.
    peers.forEach(peer -> addServer());
    capitals.slow = false;
    settle();
    for (Peer peer : peers) {
      sendsAll(peer);
      peer.readiesDue += 2;
      peer.client.sends(copyFail("end"), sync(), query("rollback"));
    }
    settle();
    peers.forEach(this::endsDefined);
    settle();
    assertThat(rig.pool.leases()).as("leases").isZero();
    assertThat(rig.pool.waiting()).as("waiters").isZero();
    assertThat(rig.registry.views()).as("sessions").isEmpty();
    rig.finish();
    assertThat(rig.buffers.bytes()).as("bytes of buffers that nobody released").isZero();
  }

  /** Who has violated a COPY, or whom the choices hit, is dead, and may be missed. */
  private boolean serversLive() {
    return servers.stream().allMatch(ScriptedServer::alive);
  }

  private void endsDefined(Peer peer) {
    if (!peer.client.disconnected() && !peer.malformed && serversLive()) {
      assertThat(peer.client.got())
          .as("the answers")
          .filteredOn(line -> "SNA".indexOf(line.charAt(0)) < 0)
          .isNotEmpty()
          .last()
          .isEqualTo("Z I");
    }
    peer.client.leaves();
  }

  /** Until nothing has been left to do several times in a row. */
  private void settle() {
    int quiet = 0;
    while (quiet < 4) {
      answers();
      servers.forEach(ScriptedServer::takesCancels);
      quiet = slow.isEmpty() && capitals.opening.isEmpty() ? quiet + 1 : 0;
      while (!slow.isEmpty()) {
        slow.remove().complete("SLOW");
      }
      while (!capitals.opening.isEmpty()) {
        capitals.opening.remove().opened(capitals.rows);
      }
    }
    answers();
  }
}
