package org.pglynx.proxy.app;

import io.netty.channel.EventLoop;
import java.util.List;
import org.pglynx.proxy.config.MirrorConfig;
import org.pglynx.proxy.config.ServerConfig;
import org.pglynx.proxy.mirror.Mirror;
import org.pglynx.proxy.pool.ConnectionPool;
import org.pglynx.proxy.pool.PoolSettings;
import org.pglynx.proxy.relay.Mirroring;

/**
 * A mirror of a server, and its connections for one user.
 *
 * @param config its part of the configuration
 * @param of what it mirrors
 * @param mirror gets the statements
 * @param connections to it
 */
record MirrorPool(MirrorConfig config, ServerConfig of, Mirror mirror, ConnectionPool connections) {

  /** What sessions of the loop do goes to all of these, too. */
  static Mirroring all(List<MirrorPool> mirrors, EventLoop loop) {
    return mirrors.stream()
        .map(each -> each.mirror.over(each.connections.on(loop)))
        .reduce(Mirroring::and)
        .orElse(Mirroring.NONE);
  }

  /** Other numbers from now on. */
  void apply(PoolSettings settings) {
    connections.apply(settings.named(settings.name() + " at " + config).withoutMinimum());
  }

  void close() {
    connections.close();
  }
}
