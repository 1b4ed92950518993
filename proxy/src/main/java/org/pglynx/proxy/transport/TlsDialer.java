package org.pglynx.proxy.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.config.TlsMode;

/** TLS with servers: checks their certificates as the mode says, and shows ours if we have one. */
public final class TlsDialer {
  private final TlsContext context;

  TlsDialer(ServerTlsConfig config) {
    List<Path> files = new ArrayList<>();
    config.authorities().ifPresent(files::add);
    config.certificate().ifPresent(files::add);
    config.key().ifPresent(files::add);
    context = new TlsContext("TLS for servers", new TlsFiles(files), () -> make(config));
  }

  private static TlsContext.Made make(ServerTlsConfig config) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(TlsContext.provider())
            .protocols(config.versions().names())
            .endpointIdentificationAlgorithm(config.mode() == TlsMode.VERIFY_FULL ? "HTTPS" : null)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    TlsAcceptor.PROTOCOL));
    if (!config.mode().verifies()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (config.authorities().isPresent()) {
      builder.trustManager(
          Pem.certificates(config.authorities().get()).toArray(X509Certificate[]::new));
    }
    if (config.certificate().isPresent() && config.key().isPresent()) {
      TlsIdentity own = TlsIdentity.read(config.certificate().get(), config.key().get());
      builder.keyManager(own.key(), own.chain());
    }
    return new TlsContext.Made(builder.build(), new byte[0]);
  }

  /** Begins a handshake with a server that was dialled by this name; on an event loop. */
  public SslHandler begin(ByteBufAllocator allocator, String host, int port) {
    return context.use(
        made -> TlsContext.bounded(made.context().newHandler(allocator, host, port)));
  }

  /** The channel binding of a handshake that is done; empty if the certificate has none. */
  public static byte[] endPoint(SslHandler done) {
    try {
      return done.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate shown
          ? EndPointHash.of(shown)
          : new byte[0];
    } catch (SSLPeerUnverifiedException _) {
      return new byte[0];
    }
  }

  void refresh() {
    context.refresh();
  }

  void close() {
    context.close();
  }
}
