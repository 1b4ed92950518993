package org.pglynx.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the options of connections on the socket that accepts them, before it is bound: Linux hands
 * them on (tcp_create_openreq_child). On each connection they would be six system calls of a login,
 * a tenth of what it costs beside TCP itself (docs/adr/0190-what-a-login-costs.md).
 */
final class InheritedOptions extends ChannelInitializer<Channel> {
  private static final Logger LOG = LoggerFactory.getLogger(InheritedOptions.class);
  private static final int IPPROTO_TCP = 6;

  private final SocketOptions options;

  InheritedOptions(SocketOptions options) {
    this.options = options;
  }

  @Override
  protected void initChannel(Channel listening) {
    if (listening instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
      try {
        set(socket);
      } catch (IOException e) {
        LOG.warn("the kernel does not take an option of [general] tcp_*: {}", e.getMessage());
      }
    }
  }

  private void set(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(options.keepalive());
    for (Map.Entry<Integer, Integer> option : options.inherited().entrySet()) {
      socket.setIntOpt(IPPROTO_TCP, option.getKey(), option.getValue());
    }
  }
}
