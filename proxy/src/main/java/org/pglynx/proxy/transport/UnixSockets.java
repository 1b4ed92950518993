package org.pglynx.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.PeerCredentials;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Unix domain sockets of a transport.
 *
 * @param serverChannel the listening channel's class
 * @param channel the connection's class
 * @param addresses makes an address of a path
 */
public record UnixSockets(
    Class<? extends ServerChannel> serverChannel,
    Class<? extends Channel> channel,
    Function<Path, SocketAddress> addresses) {

  static UnixSockets epoll() {
    return new UnixSockets(
        EpollServerDomainSocketChannel.class, EpollDomainSocketChannel.class, UnixSockets::address);
  }

  static UnixSockets ioUring() {
    return new UnixSockets(
        IoUringServerDomainSocketChannel.class,
        IoUringDomainSocketChannel.class,
        UnixSockets::address);
  }

  static UnixSockets nio() {
    return new UnixSockets(
        NioServerDomainSocketChannel.class,
        NioDomainSocketChannel.class,
        UnixDomainSocketAddress::of);
  }

  private static SocketAddress address(Path path) {
    return new DomainSocketAddress(path.toFile());
  }

  /** Where a server of that directory and port listens, as libpq finds it. */
  public static Path path(String directory, int port) {
    return Path.of(directory, ".s.PGSQL." + port);
  }

  /** Whether a host is a directory of Unix sockets: libpq's rule. */
  public static boolean isDirectory(String host) {
    return host.startsWith("/");
  }

  /** The process at the other end, as the kernel tells it; null on TCP, and with NIO. */
  public static @Nullable PeerCredentials peer(Channel channel) {
    try {
      return switch (channel) {
        case EpollDomainSocketChannel epoll -> epoll.peerCredentials();
        case IoUringDomainSocketChannel uring -> uring.peerCredentials();
        // The JDK tells names only, and no process.
        default -> null;
      };
    } catch (IOException gone) {
      return null;
    }
  }

  /** Whether the connection is one of a Unix socket. */
  public static boolean is(Channel channel) {
    return channel instanceof io.netty.channel.unix.DomainSocketChannel
        || channel instanceof NioDomainSocketChannel;
  }
}
