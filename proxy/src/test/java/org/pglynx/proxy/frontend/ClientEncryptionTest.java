package org.pglynx.proxy.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.FrontendBytes.all;
import static org.pglynx.proxy.wire.FrontendBytes.cancel;
import static org.pglynx.proxy.wire.FrontendBytes.gssRequest;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sslRequest;
import static org.pglynx.proxy.wire.FrontendBytes.startup;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.ClientAuthentication;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.ProcessSecret;
import org.pglynx.proxy.auth.VerifierCache;
import org.pglynx.proxy.config.ClientTlsConfig;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.relay.Conversation;
import org.pglynx.proxy.session.Admissions;
import org.pglynx.proxy.session.Caller;
import org.pglynx.proxy.session.ClientDoor;
import org.pglynx.proxy.session.ClientQuota;
import org.pglynx.proxy.session.SessionPolicy;
import org.pglynx.proxy.session.SessionProfile;
import org.pglynx.proxy.session.SessionRegistry;
import org.pglynx.proxy.session.SniRoutes;
import org.pglynx.proxy.session.StatementRegistry;
import org.pglynx.proxy.stats.PoolCounters;
import org.pglynx.proxy.transport.TestAuthority;
import org.pglynx.proxy.transport.TlsAcceptor;
import org.pglynx.proxy.wire.LiveBuffers;

/** Layer 2: TLS of a client's connection, in memory, with a database that has no servers. */
class ClientEncryptionTest {
  @TempDir static Path directory = Path.of("");
  private static @Nullable TestAuthority authority;
  private static @Nullable TlsAcceptor acceptor;

  @RegisterExtension final LiveBuffers buffers = new LiveBuffers();
  private final SessionRegistry registry = new SessionRegistry(100);
  private final List<TlsWire> wires = new ArrayList<>();
  private final List<Caller> callers = new ArrayList<>();

  @BeforeAll
  static void openDoor() {
    TestAuthority own = TestAuthority.in(directory, "authority");
    TestAuthority.Issued shown = own.server("server", "DNS:a.example");
    own.client("anna", "/O=shop/CN=anna");
    authority = own;
    acceptor =
        new TlsAcceptor(
            new ClientTlsConfig(
                TlsMode.PREFER, shown.certificate(), shown.key(), Optional.of(own.certificate())));
  }

  @AfterAll
  static void closeDoor() {
    Objects.requireNonNull(acceptor).close();
  }

  private TlsWire connect() {
    return connect(TlsMode.PREFER, acceptor);
  }

  private TlsWire connect(TlsMode mode, @Nullable TlsAcceptor tls) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(buffers.allocator());
    channel.pipeline().addLast(new FrontendHandler(door(mode), tls, null));
    channel.pipeline().fireChannelActive();
    TlsWire wire = new TlsWire(buffers.allocator(), channel);
    wires.add(wire);
    return wire;
  }

  private ClientDoor door(TlsMode mode) {
    NonceSource zeros = byte[]::new;
    ProcessSecret secret = ProcessSecret.random(zeros);
    Conversation.Factory none =
        (upstream, loop, called, flushOnly, status, closer) -> {
          throw new UnsupportedOperationException();
        };
    SessionProfile profile =
        new SessionProfile(
            "app",
            "app",
            SessionPolicy.TRANSACTIONS,
            new SessionProfile.Statements(null, new StatementRegistry(1), none),
            loop -> new SessionProfile.Place(null, new PoolCounters()),
            Map.of("long_value", "x".repeat(60_000)),
            ClientQuota.NONE);
    Admissions everybody =
        caller -> {
          callers.add(caller);
          return CompletableFuture.completedFuture(
              new Admissions.Proof(AuthMethod.TRUST, null, AuthMethod.MD5, keys -> profile, null));
        };
    return new ClientDoor(
        everybody,
        new ClientAuthentication(secret, new VerifierCache(secret, 2, 10), zeros),
        registry,
        Runnable::run,
        60_000,
        mode,
        new SniRoutes.Builder().add("a.example", "shop", "shop_of_a").build(),
        new LogConfig(false, false));
  }

  @AfterEach
  void finish() {
    wires.forEach(TlsWire::finish);
  }

  /** A client's half of a handshake. */
  private SslHandler handshake(@Nullable String host, boolean certificate, String... alpn) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .endpointIdentificationAlgorithm(null)
              .trustManager(Objects.requireNonNull(authority).certificate().toFile());
      if (certificate) {
        builder.keyManager(
            directory.resolve("anna.crt").toFile(), directory.resolve("anna.key").toFile());
      }
      if (alpn.length > 0) {
        builder.applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                alpn));
      }
      return host == null
          ? builder.build().newHandler(buffers.allocator())
          : builder.build().newHandler(buffers.allocator(), host, 5432);
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  private TlsWire encrypted(@Nullable String host, boolean certificate) {
    TlsWire wire = connect();
    wire.sendsRaw(sslRequest());
    assertThat(wire.gotRaw()).containsExactly('S');
    wire.encrypts(handshake(host, certificate));
    return wire;
  }

  @Test
  void a_client_that_asks_for_tls_logs_in_through_it() {
    TlsWire wire = encrypted(null, false);
    wire.sends(startup(0, "user", "app"));
    assertThat(wire.got()).endsWith("K", "Z I");
    wire.sends(query("select 1"));
    assertThat(wire.got()).containsExactly("E 0A000", "Z I");
    assertThat(callers)
        .singleElement()
        .satisfies(caller -> {
          assertThat(caller.database()).isEqualTo("app");
        });
  }

  @Test
  void the_request_may_come_byte_by_byte() {
    TlsWire wire = connect();
    for (byte each : sslRequest()) {
      wire.sendsRaw(new byte[] {each});
    }
    assertThat(wire.gotRaw()).containsExactly('S');
  }

  @Test
  void tls_is_declined_where_none_is_configured() {
    TlsWire wire = connect(TlsMode.DISABLE, null);
    wire.sendsRaw(sslRequest());
    assertThat(wire.gotRaw()).containsExactly('N');
  }

  private static byte[] stuffed() {
    return all(sslRequest(), startup(0, "user", "app"), query("select 1"));
  }

  static IntStream cuts() {
    return IntStream.range(1, stuffed().length + 1);
  }

  /** What comes in clear behind the request is never taken for what the client has encrypted. */
  @ParameterizedTest
  @MethodSource("cuts")
  void bytes_stuffed_behind_the_request_are_never_used_CVE_2021_3935_43766_43767(int cut) {
    byte[] bytes = stuffed();
    TlsWire wire = connect();
    wire.sendsRaw(Arrays.copyOfRange(bytes, 0, cut));
    wire.sendsRaw(Arrays.copyOfRange(bytes, cut, bytes.length));
    String answer = new String(wire.gotRaw(), StandardCharsets.ISO_8859_1);
    assertThat(answer).doesNotContain("long_value");
    if (answer.startsWith("E")) {
      assertThat(answer).contains("FATAL", "received unencrypted data after SSL request");
    } else {
      assertThat(answer).startsWith("S");
    }
    assertThat(wire.disconnected()).isTrue();
    assertThat(callers).isEmpty();
    assertThat(registry.clients()).isZero();
  }

  @Test
  void stuffed_bytes_that_come_one_by_one_are_not_used_either_CVE_2021_43766() {
    TlsWire wire = connect();
    for (byte each : stuffed()) {
      wire.sendsRaw(new byte[] {each});
    }
    assertThat(wire.disconnected()).isTrue();
    assertThat(callers).isEmpty();
  }

  @Test
  void a_second_request_inside_tls_is_taken_for_an_unknown_protocol() {
    for (byte[] request : new byte[][] {sslRequest(), gssRequest()}) {
      TlsWire wire = encrypted(null, false);
      wire.sends(request);
      assertThat(wire.got()).containsExactly("E FATAL 0A000");
      assertThat(wire.disconnected()).isTrue();
    }
  }

  @Test
  void tls_may_follow_a_declined_gss_request() {
    TlsWire wire = connect();
    wire.sendsRaw(gssRequest());
    assertThat(wire.gotRaw()).containsExactly('N');
    wire.sendsRaw(sslRequest());
    assertThat(wire.gotRaw()).containsExactly('S');
  }

  @Test
  void direct_tls_with_the_protocols_name_logs_in() {
    TlsWire wire = connect();
    wire.encrypts(handshake(null, false, "postgresql"));
    wire.sends(startup(0, "user", "app"));
    assertThat(wire.got()).endsWith("K", "Z I");
  }

  @Test
  void direct_tls_without_alpn_is_refused() {
    TlsWire wire = connect();
    wire.encrypts(handshake(null, false));
    assertThat(wire.disconnected()).isTrue();
    assertThat(callers).isEmpty();
  }

  @Test
  void direct_tls_for_another_protocol_is_refused() {
    TlsWire wire = connect();
    wire.encrypts(handshake(null, false, "http/1.1", "h2"));
    assertThat(wire.disconnected()).isTrue();
  }

  @Test
  void direct_tls_is_refused_without_a_word_where_none_is_configured() {
    TlsWire wire = connect(TlsMode.DISABLE, null);
    wire.sendsRaw(new byte[] {0x16, 3, 1, 0, 1, 0});
    assertThat(wire.gotRaw()).isEmpty();
    assertThat(wire.disconnected()).isTrue();
  }

  @Test
  void an_ssl_request_inside_direct_tls_is_declined() {
    TlsWire wire = connect();
    wire.encrypts(handshake(null, false, "postgresql"));
    wire.sends(sslRequest());
    assertThat(wire.decrypted()).containsExactly('N');
    wire.sends(startup(0, "user", "app"));
    assertThat(wire.got()).endsWith("K", "Z I");
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsMode.class,
      names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
  void a_plain_client_is_refused_where_tls_is_required(TlsMode mode) {
    TlsWire wire = connect(mode, acceptor);
    wire.sendsRaw(startup(0, "user", "app", "database", "shop"));
    assertThat(new String(wire.gotRaw(), StandardCharsets.UTF_8))
        .contains("FATAL", "28000", "user \"app\", database \"shop\", no encryption");
    assertThat(wire.disconnected()).isTrue();
  }

  @Test
  void a_plain_cancel_request_is_taken_where_tls_is_required() {
    TlsWire wire = connect(TlsMode.REQUIRE, acceptor);
    wire.sendsRaw(cancel(1, new byte[] {1, 2, 3, 4}));
    assertThat(wire.gotRaw()).isEmpty();
    assertThat(wire.disconnected()).isTrue();
  }

  @Test
  void a_cancel_request_comes_through_tls() {
    TlsWire wire = encrypted(null, false);
    wire.sends(cancel(1, new byte[] {1, 2, 3, 4}));
    assertThat(wire.got()).isEmpty();
    assertThat(wire.disconnected()).isTrue();
  }

  @Test
  void a_client_without_a_certificate_is_refused_where_one_is_demanded() {
    TlsWire wire = connect(TlsMode.VERIFY_CA, acceptor);
    wire.sendsRaw(sslRequest());
    wire.gotRaw();
    wire.encrypts(handshake(null, false));
    wire.sends(startup(0, "user", "app"));
    assertThat(wire.got()).containsExactly("E FATAL 28000");
  }

  @Test
  void a_handshake_that_stands_still_ends_with_the_time_for_the_login() {
    TlsWire asked = connect();
    asked.sendsRaw(sslRequest());
    TlsWire direct = connect();
    direct.sendsRaw(new byte[] {0x16, 3, 1, 0, 100});
    for (TlsWire wire : List.of(asked, direct)) {
      wire.passes(60_001);
      assertThat(wire.disconnected()).isTrue();
    }
  }

  @Test
  void no_record_that_is_sent_holds_more_than_8_KB() {
    TlsWire wire = encrypted(null, false);
    wire.sends(startup(0, "user", "app"));
    assertThat(wire.got()).hasSizeGreaterThan(3);
    assertThat(wire.records()).hasSizeGreaterThan(7);
    // The content's type and the authentication tag are behind the data (RFC 8446, 5.2).
    assertThat(wire.records()).allSatisfy(length -> assertThat(length).isBetween(1, 8192 + 17));
  }

  @Test
  void a_host_name_leads_to_its_pool_by_the_name_of_the_servers_database() {
    encrypted("a.example", false).sends(startup(0, "user", "app", "database", "shop"));
    encrypted("A.Example", false).sends(startup(0, "user", "app"));
    encrypted("a.example", false).sends(startup(0, "user", "app", "database", "other"));
    encrypted("b.example", false).sends(startup(0, "user", "app", "database", "shop"));
    encrypted(null, false).sends(startup(0, "user", "app", "database", "shop"));
    assertThat(callers)
        .extracting(Caller::database)
        .containsExactly("shop_of_a", "shop_of_a", "other", "shop", "shop");
  }
}
