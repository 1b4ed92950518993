package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.config.ClientTlsConfig;
import org.pglynx.proxy.config.TlsMode;

/** Unit: what the proxy shows to clients, and what becomes of it when the files change. */
class TlsAcceptorTest {
  @TempDir Path directory = Path.of("");

  /** Both ends of one connection, in memory, after their handshake. */
  private static final class Pair implements AutoCloseable {
    private final EmbeddedChannel server;
    private final EmbeddedChannel client;
    private final SslHandler handshake;
    private final byte[] endPoint;
    private int fromServer;

    Pair(TlsAcceptor acceptor, SslContext context) {
      server = new EmbeddedChannel();
      TlsAcceptor.Handshake begun = acceptor.begin(server);
      endPoint = begun.endPoint();
      server.pipeline().addLast(begun.handler());
      handshake = context.newHandler(UnpooledByteBufAllocator.DEFAULT, "a.example", 5432);
      client = new EmbeddedChannel(handshake);
      exchange();
      // BoringSSL sends its tickets of TLS 1.3 with the first data.
      server.writeOutbound(Unpooled.copiedBuffer("R", StandardCharsets.UTF_8));
      exchange();
    }

    private void exchange() {
      boolean more = true;
      while (more) {
        int before = fromServer;
        more = passOn(client, server) > 0;
        fromServer += passOn(server, client);
        more |= fromServer > before;
      }
    }

    private static int passOn(EmbeddedChannel from, EmbeddedChannel to) {
      int bytes = 0;
      from.runPendingTasks();
      for (ByteBuf next = from.readOutbound(); next != null; next = from.readOutbound()) {
        bytes += next.readableBytes();
        to.writeInbound(next);
      }
      return bytes;
    }

    String shown() {
      try {
        return ((X509Certificate) handshake.engine().getSession().getPeerCertificates()[0])
            .getSubjectX500Principal()
            .getName();
      } catch (SSLPeerUnverifiedException e) {
        throw new AssertionError(e);
      }
    }

    /** A word that the client sends, as the server gets it. */
    String sends(String word) {
      client.writeOutbound(Unpooled.copiedBuffer(word, StandardCharsets.UTF_8));
      exchange();
      ByteBuf got = server.readInbound();
      try {
        return got.toString(StandardCharsets.UTF_8);
      } finally {
        got.release();
      }
    }

    @Override
    public void close() {
      client.finishAndReleaseAll();
      server.finishAndReleaseAll();
    }
  }

  private TlsAcceptor acceptor(TestAuthority.Issued shown, Optional<Path> authorities) {
    return new TlsAcceptor(
        new ClientTlsConfig(TlsMode.PREFER, shown.certificate(), shown.key(), authorities));
  }

  /** A client; its sessions are remembered as long as it is used. */
  private static SslContext client(TestAuthority authority, String version) {
    try {
      return SslContextBuilder.forClient()
          .sslProvider(SslProvider.JDK)
          .protocols(version)
          .endpointIdentificationAlgorithm(null)
          .trustManager(authority.certificate().toFile())
          .build();
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  private static void replace(Path file, Path by) throws IOException {
    Path copy = Files.copy(by, file.resolveSibling("new"));
    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.3,",
    "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLSv1.2, TLS_RSA_WITH_AES_128_GCM_SHA256"
  })
  void a_certificate_of_rsa_is_shown_and_proven(String version, @Nullable String cipher)
      throws SSLException {
    TestAuthority authority = TestAuthority.in(directory, "authority");
    TestAuthority.Issued one = authority.issue("one", "rsa:2048", "/CN=one", "");
    SslContext client =
        SslContextBuilder.forClient()
            .sslProvider(TlsContext.provider())
            .protocols(version)
            .ciphers(cipher == null ? null : List.of(cipher))
            .endpointIdentificationAlgorithm(null)
            .trustManager(authority.certificate().toFile())
            .build();
    try (TlsAcceptor acceptor = acceptor(one, Optional.empty());
        Pair pair = new Pair(acceptor, client)) {
      assertThat(pair.shown()).isEqualTo("CN=one");
      assertThat(pair.sends("hello")).isEqualTo("hello");
    } finally {
      ReferenceCountUtil.release(client);
    }
  }

  @Test
  void changed_files_are_shown_to_new_clients_and_running_connections_live_on() throws IOException {
    TestAuthority authority = TestAuthority.in(directory, "authority");
    TestAuthority.Issued one = authority.server("one", "DNS:a.example");
    TestAuthority.Issued two = authority.server("two", "DNS:a.example");
    SslContext client = client(authority, "TLSv1.3");
    try (TlsAcceptor acceptor = acceptor(one, Optional.empty());
        Pair before = new Pair(acceptor, client)) {
      replace(one.certificate(), two.certificate());
      acceptor.refresh();
      try (Pair halfway = new Pair(acceptor, client(authority, "TLSv1.3"))) {
        assertThat(halfway.shown()).as("the key does not fit yet").isEqualTo("CN=one");
      }
      replace(one.key(), two.key());
      acceptor.refresh();
      try (Pair after = new Pair(acceptor, client(authority, "TLSv1.3"))) {
        assertThat(after.shown()).isEqualTo("CN=two");
        assertThat(after.endPoint).isNotEqualTo(before.endPoint);
      }
      assertThat(before.sends("still here")).isEqualTo("still here");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
  void a_bad_file_changes_nothing(String content) throws IOException {
    TestAuthority authority = TestAuthority.in(directory, "authority");
    TestAuthority.Issued shown = authority.server("one", "DNS:a.example");
    try (TlsAcceptor acceptor = acceptor(shown, Optional.empty())) {
      Files.writeString(shown.certificate(), content);
      acceptor.refresh();
      Files.delete(shown.certificate());
      acceptor.refresh();
      try (Pair pair = new Pair(acceptor, client(authority, "TLSv1.3"))) {
        assertThat(pair.shown()).isEqualTo("CN=one");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_client_that_comes_back_resumes_its_session(String version) {
    TestAuthority authority = TestAuthority.in(directory, "authority");
    SslContext client = client(authority, version);
    try (TlsAcceptor acceptor =
            acceptor(authority.server("one", "DNS:a.example"), Optional.empty());
        Pair first = new Pair(acceptor, client);
        Pair second = new Pair(acceptor, client)) {
      assertThat(second.sends("hello")).isEqualTo("hello");
      assertThat(second.fromServer)
          .as("without the certificate the server's half is short")
          .isLessThan(first.fromServer - 300);
    }
  }

  @Test
  void a_session_is_not_resumed_after_the_files_have_changed() throws IOException {
    TestAuthority authority = TestAuthority.in(directory, "authority");
    TestAuthority.Issued shown = authority.server("one", "DNS:a.example");
    TestAuthority.Issued two = authority.server("two", "DNS:a.example");
    SslContext client = client(authority, "TLSv1.3");
    try (TlsAcceptor acceptor = acceptor(shown, Optional.empty());
        Pair first = new Pair(acceptor, client)) {
      replace(shown.certificate(), two.certificate());
      replace(shown.key(), two.key());
      acceptor.refresh();
      try (Pair second = new Pair(acceptor, client)) {
        assertThat(second.shown()).isEqualTo("CN=two");
        assertThat(first.shown()).isEqualTo("CN=one");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void where_certificates_of_clients_count_each_connection_proves_itself_anew(String version) {
    TestAuthority authority = TestAuthority.in(directory, "authority");
    SslContext client = client(authority, version);
    try (TlsAcceptor acceptor =
            acceptor(
                authority.server("one", "DNS:a.example"), Optional.of(authority.certificate()));
        Pair first = new Pair(acceptor, client);
        Pair second = new Pair(acceptor, client)) {
      assertThat(second.fromServer).isGreaterThan(first.fromServer - 100);
    }
  }
}
