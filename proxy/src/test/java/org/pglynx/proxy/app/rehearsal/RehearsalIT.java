package org.pglynx.proxy.app.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/** Layer 3: what the JVM is to see while it makes its cache does happen, with a real proxy. */
class RehearsalIT {
  @TempDir private Path directory = Path.of("");

  @Test
  void all_of_it_goes_through_a_proxy_also_tls_scram_and_a_servers_restart() throws Exception {
    int port = freePort();
    SelfSigned identity = SelfSigned.in(directory);
    try (CannedServer server = CannedServer.start();
        ProxyServer proxy =
            ProxyServer.start(
                ConfigLoader.parse(
                    RehearsalConfig.text(port, server.port(), identity), "rehearsal"))) {
      new RehearsalLoad(port, server, 2).run();

      assertThat(proxy.port()).isEqualTo(port);
      assertThat(server.connections()).isGreaterThan(2);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
