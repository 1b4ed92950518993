package org.pglynx.proxy.transport;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.stats.Socket;

/** What people tell connections apart by. */
public final class ConnectionNames {
  private ConnectionNames() {}

  /** What tells the connection from all others; null is one that is not there yet. */
  public static Socket of(@Nullable Channel channel) {
    return channel == null ? Socket.NONE : new Socket(ptr(channel), local(channel));
  }

  /**
   * In the place of PgBouncer's address in memory, and in its form: 64 bits of two hashes that a
   * channel has anyway, so that ten thousand idle clients keep nothing for it, and a look at all of
   * them, which each scrape of metrics is, costs no digest.
   */
  private static String ptr(Channel channel) {
    long id = channel.id().hashCode();
    long itself = System.identityHashCode(channel);
    return "0x" + HexFormat.of().toHexDigits(id << 32 | itself);
  }

  /** The proxy's own end: {@code 127.0.0.1:6432}, {@code unix}; empty once it is closed. */
  private static String local(Channel channel) {
    if (UnixSockets.is(channel)) {
      return "unix";
    }
    return channel.localAddress() instanceof InetSocketAddress address && !address.isUnresolved()
        ? address.getAddress().getHostAddress() + ":" + address.getPort()
        : "";
  }
}
