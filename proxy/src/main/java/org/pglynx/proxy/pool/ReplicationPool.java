package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.PipeConnection;
import org.pglynx.proxy.backend.PipeConnector;
import org.pglynx.proxy.relay.ServerPipe;

/**
 * The replication connections of one database and user: each is one client's own. They take nothing
 * from the budget of the pooled ones, as on the server, where max_wal_senders counts them and not
 * max_connections; a client that streams for months would hold its slot for as long. Safe for many
 * threads.
 */
public final class ReplicationPool {
  private final BackendTarget target;
  private final PipeConnector connector;
  private final Set<PipeConnection> live = ConcurrentHashMap.newKeySet();

  /** Without connections yet. */
  public ReplicationPool(BackendTarget target, PipeConnector connector) {
    this.target = target;
    this.connector = connector;
  }

  /** Opens connections on the given loop. */
  public ServerPipe.Provider on(EventLoop loop) {
    return (startup, receiver) -> open(loop, startup, receiver);
  }

  private ServerPipe open(
      EventLoop loop, Map<String, String> startup, ServerPipe.Receiver receiver) {
    PipeConnection opened = connector.open(target, loop, startup, receiver, live::remove);
    live.add(opened);
    return opened;
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
                    pipe.replication()))
            .toList();
    return new PoolSnapshot(servers, 0, 0, 0);
  }
}
