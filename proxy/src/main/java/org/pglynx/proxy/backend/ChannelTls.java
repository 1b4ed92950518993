package org.pglynx.proxy.backend;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLSession;

/** The encryption of a connection to a server, for people. */
final class ChannelTls {
  private ChannelTls() {}

  /** Version and cipher as PgBouncer shows them; empty for a plain connection. On its loop. */
  static String describe(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      return "";
    }
    SSLSession session = tls.engine().getSession();
    return session.getProtocol() + "/" + session.getCipherSuite();
  }
}
