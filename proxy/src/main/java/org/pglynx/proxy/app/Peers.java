package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.pglynx.proxy.admin.PeerRow;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.backend.BackendTarget;
import org.pglynx.proxy.backend.Connector;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.PeerConfig;
import org.pglynx.proxy.config.PeersConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.pool.PeerPool;
import org.pglynx.proxy.session.CancelForwarder;

/** The other proxies behind the same address; they are reached as servers are. */
final class Peers implements CancelForwarder {
  private final PeersConfig config;
  private final Map<Integer, PeerPool> pools = new HashMap<>();

  Peers(ProxyConfig config, Connector connector) {
    this.config = config.peers();
    for (PeerConfig peer : this.config.all()) {
      if (peer.id() != this.config.own()) {
        BackendTarget target = target(peer, config.general());
        pools.put(peer.id(), new PeerPool(target, connector, peer.poolSize()));
      }
    }
  }

  private static BackendTarget target(PeerConfig peer, GeneralConfig general) {
    return new BackendTarget(
        peer.host(),
        peer.port(),
        "peer " + peer.id(),
        "",
        new ServerCredential.None(),
        Math.toIntExact(general.timeouts().connectTimeoutMillis()),
        0,
        false,
        general.tls().servers(),
        Map.of());
  }

  @Override
  public CompletionStage<Void> forward(
      int peer, int pid, byte[] key, ScheduledExecutorService loop) {
    PeerPool pool = pools.get(peer);
    return pool == null
        ? CompletableFuture.completedStage(null)
        : pool.forward((EventLoop) loop, pid, key);
  }

  /** All of them, this one included, for SHOW. */
  List<PeerRow> rows() {
    return config.all().stream().map(this::row).toList();
  }

  private PeerRow row(PeerConfig peer) {
    PeerPool pool = pools.get(peer.id());
    return pool == null
        ? new PeerRow(peer, 0, 0)
        : new PeerRow(peer, pool.underWay(), pool.waiting());
  }
}
