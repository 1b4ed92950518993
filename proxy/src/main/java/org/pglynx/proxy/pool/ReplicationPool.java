package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.PipeConnection;
import org.pglynx.proxy.backend.PipeConnector;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.stats.ServerWork;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * The replication connections of one database and user: each is one client's own. They take nothing
 * from pool_size: a client that streams for months would hold its slot for as long. But they count
 * against the limits that pools share, and an idle pooled connection makes room for one. Safe for
 * many threads.
 *
 * <pre>
 *   asked for ── limits have room ──► logging in ──► open ──► gone
 *       │ none: idle ones are asked to go, again and again
 *       └── not within connect_timeout ──► refused
 * </pre>
 */
public final class ReplicationPool {
  private static final long RETRY_MILLIS = 50;

  private final ConnectionPool pool;
  private final BackendTarget target;
  private final PipeConnector connector;
  private final List<ConnectionLimit> shared;
  private final PoolBudget budget;
  private final Set<PipeConnection> live = ConcurrentHashMap.newKeySet();
  private final Set<PipeConnection> counted = ConcurrentHashMap.newKeySet();

  /**
   * Without connections yet.
   *
   * @param pool the ordinary connections of the same database and user
   */
  public ReplicationPool(ConnectionPool pool, BackendTarget target, PipeConnector connector) {
    this.pool = pool;
    this.target = target;
    this.connector = connector;
    this.shared = pool.budget().shared();
    this.budget =
        new PoolBudget(
            new ConnectionLimit("replication of " + pool.settings().name(), Integer.MAX_VALUE),
            shared);
  }

  /** Opens connections on the given loop. */
  public ServerPipe.Provider on(EventLoop loop) {
    return (startup, receiver) -> open(loop, startup, receiver);
  }

  private ServerPipe open(
      EventLoop loop, Map<String, String> startup, ServerPipe.Receiver receiver) {
    PipeConnection pipe = connector.pipe(target, loop, startup, receiver, this::gone);
    live.add(pipe);
    long deadline = pool.now() + TimeUnit.MILLISECONDS.toNanos(target.connectTimeoutMillis());
    // Not from here: a connection that fails at once would be gone before anybody had it.
    loop.execute(() -> admit(pipe, loop, deadline));
    return pipe;
  }

  private void admit(PipeConnection pipe, EventLoop loop, long deadline) {
    if (!live.contains(pipe)) {
      return;
    }
    if (budget.tryAcquire(0)) {
      counted.add(pipe);
      connector.login(pipe, loop);
    } else if (pool.now() - deadline >= 0) {
      pipe.refuse(exhausted());
    } else {
      shared.stream().filter(ConnectionLimit::exhausted).forEach(ReplicationPool::makeRoom);
      loop.schedule(() -> admit(pipe, loop, deadline), RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static void makeRoom(ConnectionLimit limit) {
    limit.sharers().forEach(sharer -> sharer.spare(limit));
  }

  private PgError exhausted() {
    return PgError.error(
            SqlState.TOO_MANY_CONNECTIONS,
            "no replication connection is allowed for " + pool.settings().name())
        .withDetail(
            shared.stream()
                .filter(ConnectionLimit::exhausted)
                .map(ConnectionLimit::toString)
                .collect(Collectors.joining(", ", "", " server connections are in use.")));
  }

  private void gone(PipeConnection pipe) {
    live.remove(pipe);
    if (counted.remove(pipe)) {
      budget.release();
      pool.roomAgain();
    }
  }

  /** The connections now. */
  public PoolSnapshot snapshot() {
    long now = System.nanoTime();
    List<PoolSnapshot.ServerView> servers =
        live.stream()
            .map(pipe ->
                new PoolSnapshot.ServerView(
                    pipe.pid(),
                    pipe.stateName(),
                    now - pipe.createdNanos(),
                    1,
                    0,
                    0,
                    pipe.replication(),
                    pipe.tls(),
                    pipe.applicationName(),
                    target.host(),
                    target.port(),
                    target.database(),
                    ServerWork.NONE,
                    pipe.socket(),
                    false))
            .toList();
    return new PoolSnapshot(servers, 0, 0, 0);
  }
}
