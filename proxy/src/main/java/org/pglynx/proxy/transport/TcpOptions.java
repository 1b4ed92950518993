package org.pglynx.proxy.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import java.net.StandardSocketOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.TcpConfig;

/**
 * How a transport names the TCP options that notice a dead peer.
 *
 * @param idle seconds of silence before the first probe
 * @param interval seconds between probes
 * @param count unanswered probes that end the connection
 * @param userTimeout milliseconds that sent data may stay unacknowledged; empty with NIO, as the
 *     JDK does not offer the option
 * @param reusePort lets several sockets listen on one port
 * @param inherited whether they can be set on a listening socket, whose connections then have them
 */
record TcpOptions(
    ChannelOption<Integer> idle,
    ChannelOption<Integer> interval,
    ChannelOption<Integer> count,
    List<ChannelOption<Integer>> userTimeout,
    ChannelOption<Boolean> reusePort,
    boolean inherited) {
  // Linux, include/uapi/linux/tcp.h; the same on all its architectures.
  private static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_KEEPCNT = 6;
  private static final int TCP_USER_TIMEOUT = 18;

  static TcpOptions epoll() {
    return new TcpOptions(
        EpollChannelOption.TCP_KEEPIDLE,
        EpollChannelOption.TCP_KEEPINTVL,
        EpollChannelOption.TCP_KEEPCNT,
        List.of(EpollChannelOption.TCP_USER_TIMEOUT),
        UnixChannelOption.SO_REUSEPORT,
        true);
  }

  static TcpOptions ioUring() {
    return new TcpOptions(
        IoUringChannelOption.TCP_KEEPIDLE,
        IoUringChannelOption.TCP_KEEPINTVL,
        IoUringChannelOption.TCP_KEEPCNT,
        List.of(IoUringChannelOption.TCP_USER_TIMEOUT),
        UnixChannelOption.SO_REUSEPORT,
        true);
  }

  static TcpOptions nio() {
    return new TcpOptions(
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT),
        List.of(),
        NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT),
        false);
  }

  /** The configured values by option; a 0 is left to the kernel. */
  Map<ChannelOption<Integer>, Integer> values(TcpConfig tcp) {
    Map<ChannelOption<Integer>, Integer> values = new LinkedHashMap<>();
    if (tcp.keepalive()) {
      values.put(idle, tcp.keepalivesIdleSeconds());
      values.put(interval, tcp.keepalivesIntervalSeconds());
      values.put(count, tcp.keepalivesCount());
    }
    userTimeout.forEach(option -> values.put(option, tcp.userTimeoutMillis()));
    values.values().removeIf(value -> value == 0);
    return Map.copyOf(values);
  }

  /** The same by the kernel's numbers, for a listening socket; empty if it passes nothing on. */
  Map<Integer, Integer> inherited(TcpConfig tcp) {
    Map<Integer, Integer> byNumber = new LinkedHashMap<>();
    if (inherited) {
      Map<ChannelOption<Integer>, Integer> values = values(tcp);
      put(byNumber, TCP_KEEPIDLE, values.get(idle));
      put(byNumber, TCP_KEEPINTVL, values.get(interval));
      put(byNumber, TCP_KEEPCNT, values.get(count));
      userTimeout.forEach(option -> put(byNumber, TCP_USER_TIMEOUT, values.get(option)));
    }
    return Map.copyOf(byNumber);
  }

  private static void put(Map<Integer, Integer> values, int option, @Nullable Integer value) {
    if (value != null) {
      values.put(option, value);
    }
  }
}
