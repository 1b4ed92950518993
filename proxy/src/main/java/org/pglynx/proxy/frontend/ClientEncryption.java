package org.pglynx.proxy.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.session.ClientTls;
import org.pglynx.proxy.transport.CloseGuard;
import org.pglynx.proxy.transport.TlsAcceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of one client's connection.
 *
 * <pre>
 *   PLAIN ── SSLRequest answered 'S' ──────────────► HANDSHAKE ── completed ──► ENCRYPTED
 *     └──── first byte 0x16 (PostgreSQL 17: direct) ──► │ failed, or direct and without ALPN
 *                                                       └────► closed
 * </pre>
 */
final class ClientEncryption {
  private static final Logger LOG = LoggerFactory.getLogger(ClientEncryption.class);

  /** The content type of a TLS handshake record; no startup packet is as long as to begin so. */
  private static final byte HANDSHAKE = 0x16;

  private final @Nullable TlsAcceptor acceptor;
  private TlsAcceptor.@Nullable Handshake handshake;
  private boolean direct;
  private @Nullable ClientTls facts;

  ClientEncryption(@Nullable TlsAcceptor acceptor) {
    this.acceptor = acceptor;
  }

  /** Whether the first bytes of a connection are those of a TLS handshake. */
  static boolean isHandshake(ByteBuf first) {
    return first.isReadable() && first.getByte(first.readerIndex()) == HANDSHAKE;
  }

  boolean offered(Channel channel) {
    return acceptor != null && !(channel instanceof DomainSocketChannel);
  }

  @Nullable ClientTls facts() {
    return facts;
  }

  void begin(Channel channel) {
    TlsAcceptor present = acceptor;
    if (present == null || handshake != null) {
      throw new IllegalStateException("TLS is not on offer");
    }
    TlsAcceptor.Handshake begun = present.begin(channel);
    handshake = begun;
    CloseGuard.addBehind(channel.pipeline(), "tls", begun.handler());
  }

  /** A handshake without SSLRequest before it; owns the buffer. */
  void direct(ChannelHandlerContext context, ByteBuf first) {
    Channel channel = context.channel();
    if (!offered(channel)) {
      first.release();
      LOG.info("refused direct TLS, which is not configured: client={}", channel.remoteAddress());
      context.close();
      return;
    }
    direct = true;
    begin(channel);
    channel.pipeline().fireChannelRead(first);
  }

  void completed(ChannelHandlerContext context, SslHandshakeCompletionEvent event) {
    TlsAcceptor.Handshake done = handshake;
    if (done == null) {
      return;
    }
    String refusal = event.isSuccess() ? accept(done) : reason(event.cause());
    if (refusal != null) {
      LOG.info(
          "TLS handshake failed: client={} reason={}", context.channel().remoteAddress(), refusal);
      context.close();
    }
  }

  /** Whether a failure is one of TLS, which has been or is told where it occurs. */
  boolean explains(Throwable cause) {
    return handshake != null
        && cause instanceof DecoderException
        && cause.getCause() instanceof SSLException;
  }

  private static String reason(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  /** Gives why the handshake is not accepted, or null. */
  private @Nullable String accept(TlsAcceptor.Handshake done) {
    if (direct && !TlsAcceptor.PROTOCOL.equals(done.handler().applicationProtocol())) {
      return "direct TLS without the ALPN protocol \"" + TlsAcceptor.PROTOCOL + '"';
    }
    SSLSession session = done.handler().engine().getSession();
    try {
      facts =
          new ClientTls(
              done.endPoint(),
              certificate(session),
              serverName(session),
              session.getProtocol() + "/" + session.getCipherSuite());
      return null;
    } catch (IllegalArgumentException e) {
      return reason(e);
    }
  }

  private static @Nullable X509Certificate certificate(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate shown ? shown : null;
    } catch (SSLPeerUnverifiedException _) {
      return null;
    }
  }

  private static @Nullable String serverName(SSLSession session) {
    if (session instanceof ExtendedSSLSession extended) {
      for (SNIServerName name : extended.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName().toLowerCase(Locale.ROOT);
        }
      }
    }
    return null;
  }
}
