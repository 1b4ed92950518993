package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Merging;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.Spread;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * A session's hold on a server: taking one, lending it to the proxy's own work, giving it back.
 * {@link Checkout} asks for one and waits, {@link Destination} knows whose it must be. Confined to
 * the session's event loop.
 *
 * <pre>
 *              attach()                                       server given
 *   DETACHED ────────────────────────────► WAITING ──────────────────────────────► ATTACHED ◄──┐
 *      ▲  │                                   │ refused: the frame in hand is told    │ │     │ takeBack()
 *      │  └──── idle connection at hand ──────┼───────────────────────────────────────┼►│     │
 *      │                                      ▼                                       │ └► LENT
 *      ├──────────────────────────────────────┘                                       │
 *      └── idle and all answered (transaction pooling); lost; session ended ◄─────────┘
 * </pre>
 */
final class ServerLease {
  private static final PgError TRANSACTION_ELSEWHERE =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "the statement needs another shard than the transaction is on")
          .withHint("End the transaction first.");

  static final PgError STATE_ELSEWHERE =
      PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "the statement needs another shard than the one that holds the session's state")
          .withHint(
              "The session has set parameters, locks or temporary tables there;"
                  + " DISCARD ALL gives them up.");

  private final Session session;
  private final SessionProfile.Place place;
  private final Cancellation cancellation;
  private final Checkout checkout;
  private final Destination destination;
  private final @Nullable Joining joining;
  private final @Nullable SeveralServers several;
  private final @Nullable KeptPrimary kept;
  private final @Nullable OwnWrites writes;
  private @Nullable Upstream upstream;
  private boolean draining;
  private boolean lent;

  ServerLease(Session session, SessionProfile.Place place) {
    this.session = session;
    this.place = place;
    this.cancellation = new Cancellation(session);
    Shards shards = place.shards();
    this.destination = new Destination(place.provider(), shards);
    SessionPolicy.ServerUse use = session.profile().servers();
    this.kept = session.profile().keepsPrimary() ? new KeptPrimary() : null;
    // Where statements are looked at, whatever does not say what it wants may write.
    Routing routing = session.routing();
    ServerRole usual = routing == null ? use.defaultRole() : routing.usual();
    this.writes = use.readsOwnWrites() ? new OwnWrites(routing, usual) : null;
    this.checkout = new Checkout(session, this, usual, writes);
    this.joining = shards == null ? null : new Joining(session, this, shards);
    this.several = joining == null ? null : new SeveralServers(session, this, joining);
  }

  // ---- facts ---------------------------------------------------------------------------------

  @Nullable Upstream upstream() {
    return upstream;
  }

  /** Whether frames must wait: for a server, for outstanding replies, or for a cancel request. */
  boolean blocked() {
    return checkout.waiting() || draining || cancellation.underWay();
  }

  /** How it asks for a server. */
  Checkout checkout() {
    return checkout;
  }

  /** Whose servers it needs, and has. */
  Destination destination() {
    return destination;
  }

  /** Whether the server has not taken the last cancel request yet. */
  boolean cancelUnderWay() {
    return cancellation.underWay();
  }

  /** Whether the server ignores all that comes before Sync: a statement of the batch has failed. */
  boolean skips() {
    Upstream server = upstream;
    return server != null && server.skipping();
  }

  /** Whether the server waits for COPY data, and takes nothing else. */
  boolean copiesIn() {
    Upstream server = upstream;
    return server != null && server.copyingIn();
  }

  /** What concerns the servers of several shards; null where there is one only. */
  @Nullable SeveralServers several() {
    return several;
  }

  /** What sends each shard a part of the statement in hand; null if all get the same. */
  @Nullable Spread splitting() {
    return several == null ? null : several.splitting();
  }

  // ---- getting one ---------------------------------------------------------------------------

  /**
   * Makes sure that there is a server.
   *
   * @return false if the frame must be held until there is one, or {@link #takeRefusal} tells why
   *     not
   */
  boolean attach() {
    Upstream present = upstream;
    if (present != null && destination.reached()) {
      return true;
    }
    if (checkout.refused()) {
      // Of what was asked for the same frame: it is told before anything is asked for anew.
      return false;
    }
    Joining join = joining;
    if (present != null && join != null && (join.possible() || keptThere(present))) {
      return join.attach(present);
    }
    if (present != null && !leaves()) {
      return false;
    }
    UpstreamProvider provider = destination.leave();
    if (checkout.refused() || provider == null) {
      return false;
    }
    destination.reach();
    Upstream own = own();
    Upstream server = own == null ? checkout.open(provider) : own;
    if (server == null) {
      return false;
    }
    checkout.served();
    adopt(server);
    return !session.blocked();
  }

  /** Whether the session's state keeps servers among which those are that are wanted. */
  private boolean keptThere(Upstream present) {
    return !session.unsynced() && session.state().pins() && destination.among(present);
  }

  /** The connection that the session has already, where it keeps one to the primary. */
  private @Nullable Upstream own() {
    return kept != null && checkout.role() == ServerRole.PRIMARY
        ? kept.take(session.fromServer())
        : null;
  }

  /** The connection that is set aside, lent to the proxy's own work; null if there is none. */
  @Nullable Upstream takeAside(Downstream borrower) {
    return kept == null ? null : kept.take(borrower);
  }

  /** The work is done, and has left nothing. */
  void setAside(Upstream server) {
    if (kept == null || session.closed()) {
      server.release(Upstream.Release.SESSION_ENDED);
    } else {
      kept.setAside(server);
    }
  }

  /** Says whose servers the next statement needs; those of the place if it is never called. */
  void routeTo(UpstreamProvider servers, @Nullable Merging how) {
    destination.is(servers, how);
    Upstream server = upstream;
    if (server != null && destination.reached()) {
      server.merging(how);
    }
  }

  /** Whether the server in use is one of these. */
  boolean on(UpstreamProvider servers) {
    return upstream != null && destination.present() == servers;
  }

  /** The next statement needs the server that there is. */
  void staysWhereItIs() {
    destination.stays();
    Upstream server = upstream;
    if (server != null) {
      server.merging(null);
    }
  }

  /**
   * Gives the server back, as the next statement needs one of others.
   *
   * @return whether it is gone; if not, that must be waited for, or is refused
   */
  private boolean leaves() {
    if (!settled()) {
      return false;
    }
    if (upstream != null) {
      checkout.refuse(session.inTransaction() ? TRANSACTION_ELSEWHERE : STATE_ELSEWHERE);
    }
    return upstream == null;
  }

  /** A server that was waited for is there: to join the one in use, if there is one. */
  void came(Upstream server) {
    if (upstream == null || joining == null) {
      adopt(server);
    } else {
      joining.came(server);
    }
  }

  /** More shards are in the transaction. */
  void joined(Upstream spread, @Nullable UpstreamProvider from) {
    session.scanner().cut();
    if (several != null) {
      several.joined();
    }
    upstream = spread;
    destination.joined(from);
    checkout.joined();
    destination.tell(spread);
    // Each server has an unnamed statement of its own.
    session.unnamedElsewhere();
  }

  private void adopt(Upstream server) {
    // The rest of a frame for an earlier server must not reach this one.
    session.scanner().cut();
    upstream = server;
    if (several != null) {
      several.adopted();
    }
    checkout.used();
    Routing routing = session.routing();
    if (routing != null) {
      routing.given(checkout.given());
    }
    server.apply(session.parameters());
    destination.tell(server);
    Listening listening = session.channels().ifAny();
    if (listening != null) {
      listening.attached();
    }
  }

  /** Why there is no server for the frame in hand, once. */
  @Nullable PgError takeRefusal() {
    PgError error = checkout.takeRefusal();
    if (error == null && place.provider() == null && upstream == null) {
      return PgError.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "the database \"" + session.profile().database() + "\" answers no such statement");
    }
    return error;
  }

  /** Work of the proxy's own may have written for the session. */
  void mayHaveWritten() {
    if (writes != null) {
      writes.mayHaveHappened();
    }
  }

  /** Cancels what the server runs; see {@link Cancellation}. */
  CompletionStage<Void> cancel(Upstream server) {
    return cancellation.request(server);
  }

  // ---- using it ------------------------------------------------------------------------------

  /** Forwards bytes of the client's frames. */
  void forward(ByteBuf run) {
    Upstream server = upstream;
    if (server == null) {
      run.release();
      return;
    }
    place.counters().fromClient(run.readableBytes());
    server.send(run);
  }

  void flush() {
    Upstream server = upstream;
    if (server != null) {
      server.flush();
    }
  }

  /** Whether the server takes more. */
  boolean writable() {
    Upstream server = upstream;
    return server == null || server.writable();
  }

  /** Reads replies, or stops reading them. */
  void reading(boolean on) {
    Upstream server = upstream;
    if (server != null && !lent) {
      server.reading(on);
    }
  }

  /** Whether all earlier replies are with the client; else asks for them, and the frame is held. */
  boolean settled() {
    Upstream server = upstream;
    if (server == null) {
      return true;
    }
    // Also the end of an earlier frame: released without it, the server would complete that frame
    // with the next client's bytes.
    session.scanner().cut();
    if (server.drained()) {
      // What the proxy does now may need a server of its own, or take long.
      releaseIfIdle();
      Upstream kept = upstream;
      if (kept == null || kept.drained()) {
        return true;
      }
    }
    return drain(server);
  }

  private boolean drain(Upstream server) {
    draining = true;
    server.drain();
    return false;
  }

  /**
   * As {@link #settled}, for a frame that goes to the server, which is therefore kept. Given back
   * here it would be asked for again, and under load the next one has parameters to be applied
   * first, and is given back in turn: the frame would never be sent.
   */
  boolean quiet() {
    Upstream server = upstream;
    if (server == null) {
      return true;
    }
    session.scanner().cut();
    return server.drained() || drain(server);
  }

  void drained() {
    draining = false;
  }

  // ---- lending it ----------------------------------------------------------------------------

  /** Lends the server to the proxy's own work. */
  void lend(Upstream server, Downstream borrower) {
    lent = true;
    server.lend(borrower);
  }

  /**
   * Takes the server back.
   *
   * @param status the transaction status at the end, or 0 if the connection was lost meanwhile
   * @return whether the session has its server again
   */
  boolean takeBack(Upstream server, int status) {
    lent = false;
    if (status != 0 && !session.closed() && server.drained()) {
      server.lend(session.fromServer());
      return true;
    }
    if (status != 0) {
      // The session has ended; or the borrower gave up amid replies, which would go to the client.
      server.release(session.closed() ? Upstream.Release.ABANDONED : Upstream.Release.BROKEN);
    }
    upstream = null;
    return false;
  }

  // ---- giving it back ------------------------------------------------------------------------

  /** Gives the server back, unless the client, or a reply on its way, still needs this very one. */
  void releaseIfIdle() {
    Upstream server = upstream;
    if (server == null || blocked() || lent || !idles(server) || !session.spares()) {
      return;
    }
    SessionState state = session.state();
    if (state.inquires(server)) {
      // Released when the answer is there.
      session.unnamedElsewhere();
      return;
    }
    if (state.pins()) {
      keep(server);
      return;
    }
    Upstream.Release how = state.release();
    noteWrites();
    upstream = null;
    session.serverReleased();
    if (kept != null && checkout.given() == ServerRole.PRIMARY) {
      kept.setAside(server);
    } else {
      // The next session's frames go to the server before this client's bytes go to the network.
      server.release(how);
    }
    session.client().flush();
  }

  private void noteWrites() {
    if (writes != null) {
      writes.left(checkout.given());
    }
  }

  /** What RESET has taken back to the server's defaults is again as the client asked at login. */
  void keep(Upstream server) {
    server.apply(session.parameters());
    if (!server.drained()) {
      session.unnamedElsewhere();
      server.flush();
    }
  }

  /** A server that ignores all up to Sync would ignore the next client's statements, too. */
  private static boolean idles(Upstream server) {
    return server.drained() && !server.skipping();
  }

  /** The server is gone. */
  void lost() {
    if (upstream != null) {
      // Those that were to join have nothing to join any more.
      checkout.withdraw();
    }
    noteWrites();
    upstream = null;
    draining = false;
  }

  /** The session ends. */
  void end() {
    checkout.withdraw();
    Upstream server = upstream;
    upstream = null;
    if (server != null && !lent) {
      server.release(howToRelease(server));
    }
    if (kept != null) {
      kept.giveBack();
    }
  }

  private Upstream.Release howToRelease(Upstream server) {
    if (session.scanner().midFrame() || session.state().spoiled()) {
      return Upstream.Release.BROKEN;
    }
    boolean idle = idles(server) && session.status() == 'I' && !session.unsynced();
    return idle ? Upstream.Release.SESSION_ENDED : Upstream.Release.ABANDONED;
  }
}
