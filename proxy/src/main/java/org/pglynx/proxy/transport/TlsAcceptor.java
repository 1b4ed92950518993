package org.pglynx.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.OpenSslX509KeyManagerFactory;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.pglynx.proxy.config.ClientTlsConfig;

/** TLS with clients: shows them the configured certificate, and asks for theirs if wanted. */
public final class TlsAcceptor implements AutoCloseable {
  /** The name of Postgres' protocol in ALPN. */
  public static final String PROTOCOL = "postgresql";

  private final TlsContext context;
  private final boolean asksForCertificates;
  private final Map<EventLoop, HandshakeTurns> turns = new ConcurrentHashMap<>();

  /**
   * One client's handshake.
   *
   * @param handler carries it out
   * @param endPoint the channel binding of the certificate that is shown; empty if it has none
   */
  public record Handshake(SslHandler handler, byte[] endPoint) {}

  /**
   * Reads the files.
   *
   * @throws TlsFileException if they cannot be used
   */
  public TlsAcceptor(ClientTlsConfig config) {
    List<Path> files = new ArrayList<>(List.of(config.certificate(), config.key()));
    config.authorities().ifPresent(files::add);
    asksForCertificates = config.authorities().isPresent();
    context = new TlsContext("TLS for clients", new TlsFiles(files), () -> make(config));
  }

  private static TlsContext.Made make(ClientTlsConfig config) throws SSLException {
    TlsIdentity identity = TlsIdentity.read(config.certificate(), config.key());
    SslContextBuilder builder =
        builder(identity)
            .sslProvider(TlsContext.provider())
            .protocols(config.versions().names())
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    PROTOCOL));
    config
        .authorities()
        .ifPresent(file ->
            // A client without a certificate is told so in Postgres' words, after the handshake.
            builder
                .trustManager(Pem.certificates(file).toArray(X509Certificate[]::new))
                .clientAuth(ClientAuth.OPTIONAL));
    SslContext made = builder.build();
    if (made.sessionContext() instanceof OpenSslSessionContext sessions) {
      if (config.authorities().isEmpty()) {
        resumeByTickets(sessions);
      } else {
        sessions.setSessionCacheEnabled(false);
      }
    }
    return new TlsContext.Made(made, EndPointHash.of(identity.certificate()));
  }

  private static SslContextBuilder builder(TlsIdentity identity) throws SSLException {
    SystemRsa system =
        TlsContext.provider() == SslProvider.JDK ? null : SystemRsa.ifFaster(identity);
    if (system == null) {
      return SslContextBuilder.forServer(identity.key(), identity.chain());
    }
    try {
      X509Certificate[] chain = identity.chain().toArray(X509Certificate[]::new);
      return SslContextBuilder.forServer(OpenSslX509KeyManagerFactory.newKeyless(chain))
          .option(OpenSslContextOption.PRIVATE_KEY_METHOD, system);
    } catch (GeneralSecurityException | IOException e) {
      throw new SSLException(e);
    }
  }

  /**
   * Tickets let a client come back without the costly half of a handshake. The keys live as long as
   * the context. Where clients show certificates nothing is resumed, as in Postgres: a certificate
   * is verified each time it is believed.
   */
  private static void resumeByTickets(OpenSslSessionContext sessions) {
    byte[] random = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
    new SecureRandom().nextBytes(random);
    int part = OpenSslSessionTicketKey.NAME_SIZE;
    sessions.setTicketKeys(
        new OpenSslSessionTicketKey(
            Arrays.copyOfRange(random, 0, part),
            Arrays.copyOfRange(random, part, 2 * part),
            Arrays.copyOfRange(random, 2 * part, 3 * part)));
  }

  /** The context's own option is out of reach, each connection's is not. */
  private static void withoutTickets(SslHandler handler) {
    if (handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
      SSL.setOptions(engine.sslPointer(), SSL.SSL_OP_NO_TICKET);
    }
  }

  /** Begins a client's handshake; on the event loop of its channel. */
  public Handshake begin(Channel client) {
    HandshakeTurns turn = turns.computeIfAbsent(client.eventLoop(), HandshakeTurns::new);
    return context.use(made -> {
      SslHandler handler = TlsContext.bounded(made.context().newHandler(client.alloc(), turn));
      if (asksForCertificates) {
        withoutTickets(handler);
      }
      return new Handshake(handler, made.endPoint());
    });
  }

  /** Takes up changed files; blocks, so never on an event loop. */
  public void refresh() {
    context.refresh();
  }

  @Override
  public void close() {
    context.close();
  }
}
