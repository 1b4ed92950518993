package org.pglynx.proxy.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import java.util.Map;

/**
 * Options of every TCP connection, those of clients and those of servers.
 *
 * @param keepalive whether the kernel probes a silent peer
 * @param numbers how, and how long sent data may stay unacknowledged; what is absent the kernel
 *     decides
 * @param inherited the same by the kernel's numbers, where connections have the options of the
 *     socket that they were accepted on; empty where they have not
 */
public record SocketOptions(
    boolean keepalive,
    Map<ChannelOption<Integer>, Integer> numbers,
    Map<Integer, Integer> inherited) {
  /** Sets them for connections that are opened. */
  public void on(Bootstrap connections) {
    connections
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, keepalive);
    numbers.forEach(connections::option);
  }

  /** Sets them for connections that are accepted. */
  public void onAccepted(ServerBootstrap listener) {
    if (inherited.isEmpty()) {
      listener
          .childOption(ChannelOption.TCP_NODELAY, true)
          .childOption(ChannelOption.SO_KEEPALIVE, keepalive);
      numbers.forEach(listener::childOption);
    } else {
      listener.handler(new InheritedOptions(this));
    }
  }
}
