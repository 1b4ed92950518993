package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that gets its listening sockets from who starts it, as systemd does it. */
class SocketActivationIT {
  /** Does what systemd does for a unit with two sockets: they are descriptors 3 and 4. */
  private static final String SYSTEMD =
      """
      import os, socket, sys
      tcp = socket.socket()
      tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      tcp.bind(("127.0.0.1", int(sys.argv[1])))
      local = socket.socket(socket.AF_UNIX)
      local.bind(sys.argv[2])
      tcp.listen(); local.listen()
      one, two = os.dup(tcp.fileno()), os.dup(local.fileno())
      os.dup2(one, 3); os.dup2(two, 4)
      os.environ.update(LISTEN_FDS="2", LISTEN_PID=str(os.getpid()))
      os.execv(sys.argv[3], sys.argv[3:])
      """;

  @TempDir private Path directory = Path.of("");

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String ask(String host, int port) {
    return Program.require("psql")
        .run(
            Map.of("PGHOST", host, "PGPORT", String.valueOf(port)),
            List.of("-U", "postgres", "-d", "app", "-Atc", "SELECT 'there'"))
        .output()
        .strip();
  }

  @Test
  void clients_come_in_by_the_sockets_that_the_process_was_given() throws Exception {
    assumeTrue(Epoll.isAvailable(), "epoll is not available here");
    assumeTrue(directory.toString().length() < 80, "a socket's path has at most 107 bytes");
    int port = freePort();
    Path local = directory.resolve(".s.PGSQL." + port);
    List<String> systemd =
        List.of("python3", "-c", SYSTEMD, String.valueOf(port), local.toString());
    String toml = SmallProxy.toml(TestPostgres.shared().port(), "postgres", 2);
    try (SmallProxy proxy = SmallProxy.startBy(systemd, toml)) {
      assertThat(proxy.port()).isEqualTo(port);
      assertThat(ask("127.0.0.1", port)).isEqualTo("there");
      assertThat(ask(directory.toString(), port)).isEqualTo("there");
      assertThat(proxy.log())
          .contains("listens on sockets of systemd: [127.0.0.1:" + port + ", " + local + "]")
          .contains("with epoll");
      proxy.terminate();
      assertThat(proxy.exitCode()).isZero();
    }
    assertThat(local).as("it is systemd's").exists();
  }
}
