package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.transport.TestAuthority;

/** Encrypted on both sides, the proxy answers as the server does in clear. */
class EncryptedIT {
  private static final long BOUND = 24L << 20;

  @TempDir static Path directory = Path.of("");
  private static @Nullable TlsPostgres postgres;
  private static @Nullable ProxyServer proxy;

  @BeforeAll
  static void start() {
    TestAuthority authority = TestAuthority.in(directory, "authority");
    TestAuthority.Issued shown = authority.server("server", "DNS:localhost");
    TlsPostgres server = TlsPostgres.start(authority, shown);
    postgres = server;
    server.execute("CREATE TABLE numbers(n int)", "GRANT ALL ON numbers TO tls");
    String toml =
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 2
        tls_certificate = "%1$s"
        tls_private_key = "%2$s"
        client_tls_sslmode = "require"
        server_tls_sslmode = "verify-full"
        server_tls_ca_file = "%3$s"
        [pools.app.shards.0]
        database = "postgres"
        servers = [["localhost", %4$d, "primary"]]
        [pools.app.users.0]
        username = "postgres"
        auth_type = "trust"
        pool_size = 2
        """
            .formatted(shown.certificate(), shown.key(), authority.certificate(), server.port());
    proxy = ProxyServer.start(ConfigLoader.parse(toml, "encrypted.toml"));
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(proxy).close();
    Objects.requireNonNull(postgres).close();
  }

  private static SSLContext trusting() {
    try {
      SSLContext trusting = SSLContext.getInstance("TLS");
      TrustManager[] anybody = InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
      trusting.init(null, anybody, null);
      return trusting;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static RawConnection connect() {
    return RawConnection.loginByTls(
        Objects.requireNonNull(proxy).port(), trusting(), "app", "postgres");
  }

  private static byte[] request(int code) {
    return RawConnection.join(RawConnection.int32(8), RawConnection.int32(code));
  }

  @ParameterizedTest
  @ValueSource(ints = {80_877_103, 80_877_104})
  void aRequestForEncryptionInsideItIsAnsweredAsByTheServer(int code) {
    List<List<String>> told = new ArrayList<>();
    for (int port :
        new int[] {Objects.requireNonNull(postgres).port(), Objects.requireNonNull(proxy).port()}) {
      try (RawConnection connection = RawConnection.byTls(port, trusting())) {
        connection.send(request(code));
        RawConnection.Message error = connection.next();
        told.add(
            List.of(error.shape(), error.field('M'), error.field('R'), connection.next().shape()));
      }
    }
    assertThat(told.getLast()).isEqualTo(told.getFirst());
  }

  @ParameterizedTest
  @ValueSource(ints = {80_877_103, 80_877_104})
  void behindTlsFromTheBeginningOneRequestIsDeclinedAsByTheServer(int code) {
    List<List<String>> told = new ArrayList<>();
    for (int port :
        new int[] {Objects.requireNonNull(postgres).port(), Objects.requireNonNull(proxy).port()}) {
      try (RawConnection connection = RawConnection.byDirectTls(port, trusting())) {
        connection.send(request(code));
        int answer = connection.nextByte();
        connection.send(request(code));
        RawConnection.Message error = connection.next();
        told.add(List.of(answer + "", error.shape(), error.field('M'), error.field('R')));
      }
    }
    assertThat(told.getLast()).isEqualTo(told.getFirst());
  }

  static List<WireScripts.Script> scripts() {
    return WireScripts.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void itAnswersAsTheServer(WireScripts.Script script) {
    List<String> direct;
    int port = Objects.requireNonNull(postgres).port();
    try (RawConnection connection = RawConnection.login(port, "postgres", "postgres")) {
      direct = script.play(connection);
    }
    try (RawConnection connection = connect()) {
      assertThat(script.play(connection)).isEqualTo(direct);
    }
  }

  @Test
  void aSlowReaderHoldsTheServerBack() {
    var metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    try (RawConnection slow = connect()) {
      long before = metric.usedDirectMemory() + metric.usedHeapMemory();
      slow.send(RawConnection.query("SELECT repeat('x', 10000) FROM generate_series(1, 20000)"));
      assertThat(slow.next().tag()).isEqualTo('T');
      for (int i = 0; i < 50; i++) {
        Eventually.pause(20);
        assertThat(metric.usedDirectMemory() + metric.usedHeapMemory() - before).isLessThan(BOUND);
      }
      assertThat(slow.untilReady()).hasSize(20_002);
    }
  }

  @Test
  void aClientThatVanishesAmidAResultLeavesACleanServer() {
    for (int i = 0; i < 6; i++) {
      RawConnection leaving = connect();
      leaving.send(RawConnection.query("SELECT repeat('x', 10000) FROM generate_series(1, 20000)"));
      assertThat(leaving.next().tag()).isEqualTo('T');
      leaving.reset();
      try (RawConnection next = connect()) {
        assertThat(next.value("SELECT 'clean'")).isEqualTo("clean");
      }
    }
  }

  @Test
  void aCancelRequestReachesItsStatement() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(RawConnection.query("SELECT pg_sleep(60)"));
      Eventually.equal(
          () ->
              Objects.requireNonNull(postgres)
                  .value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"),
          "1");
      RawConnection.cancel(
          Objects.requireNonNull(proxy).port(), connection.pid(), connection.key());

      assertThat(connection.shapes(1)).contains("E:ERROR:57014");
    }
  }
}
