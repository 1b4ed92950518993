package org.pglynx.proxy.pool;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.Function;
import org.pglynx.proxy.relay.Mirroring;

/**
 * What a pool has to do with others.
 *
 * @param watch hears how the server behaves
 * @param mirrors who gets what sessions of an event loop do as well
 * @param prewarm what each new connection runs before it is used
 */
public record PoolContext(
    ServerWatch watch, Function<EventLoop, Mirroring> mirrors, List<String> prewarm) {
  /** Nothing. */
  public static final PoolContext ALONE = watchedBy(ServerWatch.NONE);

  /** Of a pool that nobody mirrors. */
  public static PoolContext watchedBy(ServerWatch watch) {
    return new PoolContext(watch, loop -> Mirroring.NONE, List.of());
  }
}
