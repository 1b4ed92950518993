package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.transport.TestAuthority;

/** Layer 3: what carries a cancel request from one proxy to the other. */
class PeerTransportsIT {
  private static final int SSL_REQUEST = 80_877_103;

  @TempDir Path directory;

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A proxy with the number, at the port, which reaches its peer as it is told. */
  private static ProxyServer proxy(int id, int port, String general, String peers) {
    String toml =
        """
        [general]
        host = "127.0.0.1"
        port = %d
        peer_id = %d
        worker_threads = 2
        %s
        [pools.app]
        server_tls_sslmode = "disable"
        [pools.app.shards.0]
        database = "postgres"
        servers = [["127.0.0.1", %d, "primary"]]
        [pools.app.users.0]
        username = "postgres"
        auth_type = "trust"
        pool_size = 2
        %s
        """
            .formatted(port, id, general, TestPostgres.shared().port(), peers);
    return ProxyServer.start(ConfigLoader.parse(toml, "peer.toml"));
  }

  private static String peers(String first, int firstPort, String second, int secondPort) {
    return """
    [peers.1]
    host = "%s"
    port = %d
    [peers.2]
    host = "%s"
    port = %d
    """
        .formatted(first, firstPort, second, secondPort);
  }

  private static void cancelsBetween(int target, int other) {
    try (RawConnection client = RawConnection.login(target, "app", "postgres")) {
      client.send(RawConnection.query("SELECT pg_sleep(30)"));
      Eventually.equal(
          () ->
              TestPostgres.shared()
                  .value(
                      "postgres",
                      "SELECT count(*) FROM pg_stat_activity"
                          + " WHERE query = 'SELECT pg_sleep(30)' AND state = 'active'"),
          "1");

      RawConnection.cancel(other, client.pid(), client.key());

      assertThat(client.shapes(1)).containsExactly("T", "E:ERROR:57014", "Z:I");
    }
  }

  private String byTls() {
    TestAuthority authority = TestAuthority.in(directory, "authority");
    TestAuthority.Issued shown = authority.server("proxy", "IP:127.0.0.1");
    return """
    tls_certificate = "%s"
    tls_private_key = "%s"
    server_tls_sslmode = "verify-full"
    server_tls_ca_file = "%s"
    """
        .formatted(shown.certificate(), shown.key(), authority.certificate());
  }

  @Test
  void aRequestGoesByTlsWhereServersAreReachedByTls() throws IOException {
    int first = freePort();
    int second = freePort();
    String peers = peers("127.0.0.1", first, "127.0.0.1", second);
    String general = byTls();
    try (ProxyServer one = proxy(1, first, general, peers);
        ProxyServer two = proxy(2, second, general, peers)) {
      cancelsBetween(one.port(), two.port());
      cancelsBetween(two.port(), one.port());
    }
  }

  @Test
  void aKeyNeverGoesInClearWhereTlsIsAskedFor() throws Exception {
    int first = freePort();
    try (ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ProxyServer one =
            proxy(
                1, first, byTls(), peers("127.0.0.1", first, "127.0.0.1", plain.getLocalPort()))) {
      CompletableFuture<Void> cancelled =
          CompletableFuture.runAsync(
              () -> RawConnection.cancel(one.port(), 2 << 21 | 5, new byte[4]));
      try (Socket peer = plain.accept()) {
        DataInputStream in = new DataInputStream(peer.getInputStream());
        assertThat(in.readInt()).isEqualTo(8);
        assertThat(in.readInt()).isEqualTo(SSL_REQUEST);
        peer.getOutputStream().write('N');

        assertThat(in.read()).as("nothing more is said").isEqualTo(-1);
      }
      cancelled.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aRequestGoesByUnixSockets() throws IOException {
    int first = freePort();
    int second = freePort();
    String peers = peers(directory.toString(), first, directory.toString(), second);
    String general = "unix_socket_dir = \"" + directory + "\"\n";
    try (ProxyServer one = proxy(1, first, general, peers);
        ProxyServer two = proxy(2, second, general, peers)) {
      cancelsBetween(one.port(), two.port());
      cancelsBetween(two.port(), one.port());
    }
  }
}
