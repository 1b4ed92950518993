package org.pglynx.proxy.transport;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
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
   * In the place of PgBouncer's address in memory, and in its form: 64 bits of a name that no other
   * channel has. Computed when somebody looks, so that a connection keeps nothing for it.
   */
  private static String ptr(Channel channel) {
    byte[] id = channel.id().asLongText().getBytes(StandardCharsets.US_ASCII);
    return String.format("0x%016x", UUID.nameUUIDFromBytes(id).getLeastSignificantBits());
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
