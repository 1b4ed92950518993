package org.pglynx.proxy.shard;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Inquiry;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.Upstream.Parsing;
import org.pglynx.proxy.wire.FrontendTag;

/**
 * What a session says of what it sends next, to each of several servers. All of it waits while an
 * execution before it takes steps of its own: see {@link Detour}.
 */
final class Announcements {
  private final Membership who;
  private final Readiness readiness;
  private final Detour detour;
  private final OwnTransaction own;
  private final Executions executions;
  private @Nullable Split split;

  Announcements(
      Membership who,
      Readiness readiness,
      Detour detour,
      OwnTransaction own,
      Executions executions) {
    this.who = who;
    this.readiness = readiness;
    this.detour = detour;
    this.own = own;
    this.executions = executions;
  }

  /** To each that the statement goes to. */
  void each(Consumer<Upstream> what) {
    detour.inTurn(() -> who.each(what));
  }

  /** To each that takes part in the transaction. */
  void all(Consumer<Upstream> what) {
    detour.inTurn(() -> who.all(what));
  }

  // ---- frames --------------------------------------------------------------------------------

  void expect(byte frontendTag) {
    if (frontendTag == FrontendTag.QUERY || frontendTag == FrontendTag.SYNC) {
      readiness.announced();
    }
    detour.inTurn(() -> announce(frontendTag));
  }

  private void announce(byte frontendTag) {
    own.announced(frontendTag);
    if (!detour.takes(frontendTag)) {
      executions.announced(frontendTag);
      who.each(server -> server.expect(frontendTag));
    }
  }

  void merging(@Nullable Merging how) {
    Merging own = PortalNote.of(how);
    MergeRun run = own instanceof MergeRun given ? given : Executions.AS_THEY_COME;
    // Asked for at once, whatever is under way.
    split = run.split();
    PortalNote note = how instanceof PortalNote given ? given : new PortalNote("", 0, how);
    detour.inTurn(() -> {
      detour.merging(note);
      boolean writes = own instanceof SteppedRun stepped ? stepped.writes() : run.writes();
      this.own.wanted(writes && readiness.outsideOfBlock());
      executions.merging(run, note.portal());
    });
  }

  // ---- frames that are not the same for all --------------------------------------------------

  boolean splits() {
    return split != null;
  }

  private Split takeSplit() {
    Split present = split;
    split = null;
    if (present == null) {
      throw new IllegalStateException("the statement is the same for all");
    }
    return present;
  }

  void sendQueries() {
    Split present = takeSplit();
    detour.passed();
    for (ShardPart part : who.active()) {
      SplitFrames.query(part.server(), present.of(part.index()));
    }
  }

  void sendBinds(byte[] portal, Arguments arguments) {
    Split present = takeSplit();
    detour.inTurn(() -> {
      own.announced(FrontendTag.BIND);
      who.active().forEach(part -> SplitFrames.parse(part.server(), present.of(part.index())));
      announce(FrontendTag.BIND);
      for (ShardPart part : who.active()) {
        SplitFrames.bind(part.server(), present.of(part.index()), portal, arguments);
      }
    });
  }

  // ---- statements ----------------------------------------------------------------------------

  void parse(ServerStatement statement, Parsing parsing) {
    detour.inTurn(() -> {
      who.first().parse(statement, parsing);
      for (ShardPart part : who.active().subList(1, who.active().size())) {
        part.server().parse(statement, new Same(statement));
      }
    });
  }

  /** The first server says what the statement is to be known by. */
  private record Same(ServerStatement statement) implements Parsing {
    @Override
    public void failed() {
      // The first one says so, too, or the client hears of the difference.
    }

    @Override
    public ServerStatement described(StatementShape shape) {
      return statement;
    }
  }

  void ensurePrepared(ServerStatement statement) {
    detour.inTurn(() -> {
      // Nothing may come between the frame that uses it and its end.
      own.announced(FrontendTag.BIND);
      executions.uses(statement, statement.shape());
      who.each(server -> server.ensurePrepared(statement));
    });
  }

  void parseUnnamed(byte[] definition, Runnable undo) {
    detour.inTurn(() -> eachUndoing(undo, (server, once) -> server.parseUnnamed(definition, once)));
  }

  void expectFakedClose(Runnable undo) {
    detour.inTurn(() -> eachUndoing(undo, Upstream::expectFakedClose));
  }

  /** Something that may have to be undone, which the first one says. */
  private interface Undoable {
    void on(Upstream server, Runnable undo);
  }

  private void eachUndoing(Runnable undo, Undoable what) {
    for (ShardPart part : who.active()) {
      what.on(part.server(), part == who.active().getFirst() ? undo : () -> {});
    }
  }

  // ---- transactions --------------------------------------------------------------------------

  /** What follows is in the client's transaction, and needs none of its own. */
  void begins() {
    readiness.blockBegins();
    own.wanted(false);
  }

  void begin(byte[] definition) {
    begins();
    each(server -> server.begin(definition));
  }

  void failTransaction(boolean extended) {
    if (extended) {
      each(server -> server.failTransaction(true));
      return;
    }
    detour.inTurn(() -> {
      for (ShardPart part : who.in()) {
        part.status((byte) 'E');
        part.server().failTransaction(false);
      }
    });
  }

  void inquire(Inquiry inquiry) {
    detour.inTurn(() -> who.left().findFirst().ifPresent(part -> part.server().inquire(inquiry)));
  }
}
