package org.pglynx.proxy.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.pglynx.proxy.config.TcpConfig;

/**
 * How a transport names the TCP options that notice a dead peer.
 *
 * @param idle seconds of silence before the first probe
 * @param interval seconds between probes
 * @param count unanswered probes that end the connection
 * @param userTimeout milliseconds that sent data may stay unacknowledged; empty with NIO, as the
 *     JDK does not offer the option
 */
record TcpOptions(
    ChannelOption<Integer> idle,
    ChannelOption<Integer> interval,
    ChannelOption<Integer> count,
    List<ChannelOption<Integer>> userTimeout) {

  static TcpOptions epoll() {
    return new TcpOptions(
        EpollChannelOption.TCP_KEEPIDLE,
        EpollChannelOption.TCP_KEEPINTVL,
        EpollChannelOption.TCP_KEEPCNT,
        List.of(EpollChannelOption.TCP_USER_TIMEOUT));
  }

  static TcpOptions ioUring() {
    return new TcpOptions(
        IoUringChannelOption.TCP_KEEPIDLE,
        IoUringChannelOption.TCP_KEEPINTVL,
        IoUringChannelOption.TCP_KEEPCNT,
        List.of(IoUringChannelOption.TCP_USER_TIMEOUT));
  }

  static TcpOptions nio() {
    return new TcpOptions(
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT),
        List.of());
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
}
