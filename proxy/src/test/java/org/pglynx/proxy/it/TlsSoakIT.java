package org.pglynx.proxy.it;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.transport.TestAuthority;

/**
 * The clients of {@link SoakIT} where all is encrypted, on both sides of the proxy. The Maven
 * profile {@code soak} has a hundred phases.
 */
class TlsSoakIT {
  private static final List<String> POOLS = List.of("app", "tight", "sessions");

  @TempDir static Path directory = Path.of("");
  private static @Nullable TlsPostgres postgres;
  private static @Nullable ProxyServer proxy;

  private final SoakServer server = new SoakServer(Objects.requireNonNull(postgres).port());

  @BeforeAll
  static void start() throws SQLException {
    TestAuthority authority = TestAuthority.in(directory, "authority");
    TestAuthority.Issued shown = authority.server("server", "DNS:localhost");
    TlsPostgres server = TlsPostgres.start(authority, shown);
    postgres = server;
    server.execute(SoakServer.TABLES);
    String general =
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 2
        %s
        tls_certificate = "%s"
        tls_private_key = "%s"
        server_tls_sslmode = "verify-full"
        server_tls_ca_file = "%s"
        """
            .formatted(
                String.join("\n", AdminTable.OPEN),
                shown.certificate(),
                shown.key(),
                authority.certificate());
    String toml =
        general
            + pool("app", "transaction", 6)
            + pool("tight", "transaction", 1)
            + pool("sessions", "session", 10);
    ProxyServer started = ProxyServer.start(ConfigLoader.parse(toml, "soak.toml"));
    proxy = started;
    try (Connection client =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:"
                + started.port()
                + "/app?user=postgres&sslmode=require")) {
      SoakCalls.train(client);
    }
  }

  private static String pool(String name, String mode, int size) {
    return """
    [pools.%1$s]
    pool_mode = "%2$s"
    [pools.%1$s.shards.0]
    database = "postgres"
    servers = [["localhost", %3$d, "primary"]]
    [pools.%1$s.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = %4$d
    """
        .formatted(name, mode, Objects.requireNonNull(postgres).port(), size);
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(proxy).close();
    Objects.requireNonNull(postgres).close();
  }

  @Test
  void clients_get_their_own_replies_and_leave_nothing_behind() {
    int port = Objects.requireNonNull(proxy).port();
    SSLContext tls = trusting();
    SoakCrowd crowd =
        new SoakCrowd(new SoakClient.Door(port, () -> opened(port, tls)), POOLS, SoakTalk::new);

    crowd.phases(server::kill, server::atWork, server::keeps);
  }

  /** By one of both ways. */
  private static RawConnection opened(int port, SSLContext tls) {
    return ThreadLocalRandom.current().nextBoolean()
        ? RawConnection.byTls(port, tls)
        : RawConnection.byDirectTls(port, tls);
  }

  private static SSLContext trusting() {
    try {
      SSLContext trusting = SSLContext.getInstance("TLS");
      trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
      return trusting;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
