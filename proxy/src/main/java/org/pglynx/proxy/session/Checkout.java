package org.pglynx.proxy.session;

import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * How a session asks for a server: in which role, since when it waits, and why it gets none. What
 * becomes of a server that is given is {@link ServerLease}'s. Confined to the session's event loop.
 *
 * <pre>
 *             open(), none at hand             given
 *   AT REST ───────────────────────► WAITING ───────► AT REST
 *      ▲ ▲                             │ └─ withdraw() ─► AT REST
 *      │ └── takeRefusal() ─ REFUSED ◄─┘ refused, or cancelled: the frame in hand is told
 *      └── given at once
 * </pre>
 */
final class Checkout implements UpstreamProvider.Waiter {
  private final Session session;
  private final ServerLease lease;
  private final PoolCounters counters;
  private final int failureLimit;
  private final ServerRole usual;
  private final @Nullable OwnWrites writes;
  private ServerRole role;
  private ServerRole given;
  private @Nullable UpstreamProvider asked;
  private @Nullable PgError refusal;
  private long waitingSinceNanos;
  private int failures;

  /**
   * Nothing is asked for yet.
   *
   * @param usual whom the session asks for if its statement does not say
   * @param writes null if the session need not read what it wrote
   */
  Checkout(Session session, ServerLease lease, ServerRole usual, @Nullable OwnWrites writes) {
    this.session = session;
    this.lease = lease;
    this.counters = session.activity().pool();
    this.failureLimit = session.profile().servers().failureLimit();
    this.usual = usual;
    this.writes = writes;
    this.role = usual;
    this.given = usual;
  }

  // ---- which server --------------------------------------------------------------------------

  @Override
  public ServerRole role() {
    return role;
  }

  /** In which role the next server is to be asked for. */
  void role(ServerRole wanted) {
    role = wanted;
  }

  /** In which role the server in use was asked for. */
  ServerRole given() {
    return given;
  }

  /** The next server joins that in use, and is of the same kind. */
  void roleAsGiven() {
    role = given;
  }

  /** A server is in use that was asked for. */
  void used() {
    given = role;
    role = usual;
  }

  /** The server that was asked for has joined the one in use. */
  void joined() {
    role = usual;
  }

  @Override
  public boolean servedBy(long replayedNanos) {
    return writes == null || writes.seenAt(replayedNanos);
  }

  // ---- waiting -------------------------------------------------------------------------------

  /** A server of these; null if it must be waited for. */
  @Nullable Upstream open(UpstreamProvider provider) {
    Upstream server = provider.open(this);
    if (server == null) {
      asked = provider;
    }
    return server;
  }

  /** The session has a server that it did not have to wait for. */
  void served() {
    counters.waited(0);
    failures = 0;
  }

  boolean waiting() {
    return asked != null;
  }

  /** How long it has waited, or 0 if it does not wait. */
  long waitNanos(long now) {
    return asked == null ? 0 : now - waitingSinceNanos;
  }

  @Override
  public long waitingSinceNanos() {
    return waitingSinceNanos;
  }

  @Override
  public void waitingSinceNanos(long nanos) {
    waitingSinceNanos = nanos;
  }

  /** It waits no longer. */
  void withdraw() {
    UpstreamProvider provider = asked;
    asked = null;
    if (provider != null) {
      provider.withdraw(this);
    }
  }

  /** The client cancels what it waits for. */
  void cancel() {
    withdraw();
    end(PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
  }

  // ---- what comes of it ----------------------------------------------------------------------

  @Override
  public Downstream downstream() {
    return session.fromServer();
  }

  @Override
  public void onUpstream(Upstream server) {
    asked = null;
    counters.waited(System.nanoTime() - waitingSinceNanos);
    failures = 0;
    lease.came(server);
    session.resume();
  }

  @Override
  public void onRefused(PgError error) {
    failures++;
    if (failureLimit > 0 && failures >= failureLimit) {
      asked = null;
      session.die(tooManyFailures(error));
      return;
    }
    end(error);
  }

  private PgError tooManyFailures(PgError last) {
    return PgError.fatal(
            SqlState.CONNECTION_FAILURE,
            "checkout failure limit reached (" + failures + " / " + failureLimit + ")")
        .withDetail(last.message());
  }

  private void end(PgError error) {
    asked = null;
    role = usual;
    refusal = error;
    if (error.severity() == PgError.Severity.FATAL) {
      session.die(error);
      return;
    }
    session.resume();
  }

  /** The frame in hand gets no server. */
  void refuse(PgError why) {
    refusal = why;
  }

  /** Whether the frame in hand is to be told why it gets no server, before anything is asked. */
  boolean refused() {
    return refusal != null;
  }

  /** Why the frame in hand gets no server, once. */
  @Nullable PgError takeRefusal() {
    PgError error = refusal;
    refusal = null;
    return error;
  }
}
