package org.pglynx.proxy.backend;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLSession;
import org.pglynx.proxy.transport.WayOut;

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

  /** How bytes leave a connection that has logged in. */
  static WayOut wayOut(Channel channel) {
    return channel.pipeline().get(SslHandler.class) == null ? WayOut.STRAIGHT : WayOut.PIPELINE;
  }
}
