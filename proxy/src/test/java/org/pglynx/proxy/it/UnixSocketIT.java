package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/** Unix domain sockets towards clients and servers. */
class UnixSocketIT {
  @TempDir Path directory;

  @BeforeEach
  void thePathIsShortEnough() {
    assumeTrue(directory.toString().length() < 80, "a socket's path has at most 107 bytes");
  }

  private ProxyUnderTest proxy(String transport) {
    return ProxyUnderTest.transactionMode(2)
        .general(
            "transport = \"" + transport + "\"",
            "unix_socket_dir = \"" + directory + "\"",
            "unix_socket_mode = \"0700\"");
  }

  private static void assumeAvailable(String transport) {
    assumeTrue(!transport.equals("epoll") || Epoll.isAvailable(), "epoll is not available here");
    assumeTrue(!transport.equals("io_uring") || IoUring.isAvailable(), "no io_uring here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio", "io_uring"})
  void psqlComesInOverASocketAndTheServerIsReachedOverOne(String transport) throws IOException {
    assumeAvailable(transport);
    Program psql = Program.require("psql");
    ProxyUnderTest proxy =
        proxy(transport).serverHost(TestPostgres.shared().socketDirectory()).start();
    Path file = directory.resolve(".s.PGSQL." + proxy.port());
    try {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rwx------");
      Program.Outcome outcome =
          psql.run(
              Map.of("PGHOST", directory.toString(), "PGPORT", String.valueOf(proxy.port())),
              List.of(
                  "-U",
                  "postgres",
                  "-d",
                  ProxyUnderTest.DATABASE,
                  "-Atc",
                  "SELECT length(repeat('x', 3000000)), inet_server_addr() IS NULL"));
      assertThat(outcome.output().strip()).isEqualTo("3000000|t");
      assertThat(outcome.exit()).isZero();
      assertManyClientsOfAllKindsShareTheServers(proxy);
    } finally {
      proxy.stop();
    }
    assertThat(file).doesNotExist();
  }

  private void assertManyClientsOfAllKindsShareTheServers(ProxyUnderTest proxy) {
    for (int i = 0; i < 8; i++) {
      try (RawConnection tcp = proxy.raw();
          LocalConnection local = new LocalConnection(directory, proxy.port())) {
        assertThat(tcp.value("SELECT 'tcp'")).isEqualTo("tcp");
        assertThat(local.login(ProxyUnderTest.DATABASE)).endsWith("Z");
      }
    }
  }

  @Test
  void theFileOfAKilledProcessIsReplaced() throws Exception {
    int port = freePort();
    Path file = directory.resolve(".s.PGSQL." + port);
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(file));
    }
    assertThat(file).exists();
    try (ProxyServer proxy = start(port)) {
      assertThat(proxy.port()).isEqualTo(port);
      assertThat(file).exists();
    }
    assertThat(file).doesNotExist();
  }

  /** Root may give it to any group, others to their own only. */
  @Test
  void a_socket_is_given_to_the_group_that_is_named() throws Exception {
    boolean root = "root".equals(System.getProperty("user.name"));
    String group = root ? "daemon" : String.valueOf(Files.getAttribute(directory, "posix:group"));
    ProxyUnderTest proxy = proxy("epoll").general("unix_socket_group = \"" + group + "\"").start();
    try {
      Path file = directory.resolve(".s.PGSQL." + proxy.port());
      assertThat(Files.getAttribute(file, "posix:group")).hasToString(group);
    } finally {
      proxy.stop();
    }
    assertThatThrownBy(
            () -> proxy("epoll").general("unix_socket_group = \"no_such_group\"").start())
        .hasMessageContaining("unix_socket_group: there is no group \"no_such_group\"");
  }

  @Test
  void several_addresses_are_listened_on_at_one_port() throws Exception {
    String toml =
        """
        [general]
        host = "127.0.0.1, 127.0.0.2"
        port = 0
        worker_threads = 1
        [pools.app.shards.0]
        database = "postgres"
        servers = [["127.0.0.1", %d, "primary"]]
        [pools.app.users.0]
        username = "postgres"
        auth_type = "trust"
        pool_size = 1
        """
            .formatted(TestPostgres.shared().port());
    try (ProxyServer proxy = ProxyServer.start(ConfigLoader.parse(toml, "two.toml"))) {
      for (String host : List.of("127.0.0.1", "127.0.0.2")) {
        Program.Outcome outcome =
            Program.require("psql")
                .run(
                    Map.of("PGHOST", host, "PGPORT", String.valueOf(proxy.port())),
                    List.of("-U", "postgres", "-d", "app", "-Atc", "SELECT 'there'"));
        assertThat(outcome.output().strip()).isEqualTo("there");
      }
    }
  }

  @Test
  void aSocketThatIsListenedOnIsLeftAlone() throws Exception {
    int port = freePort();
    Path file = directory.resolve(".s.PGSQL." + port);
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(file));
      assertThatThrownBy(() -> start(port))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("another process listens on it");
      assertThat(file).exists();
    }
  }

  @Test
  void aFileThatIsNoSocketIsLeftAlone() throws Exception {
    int port = freePort();
    Path file = Files.writeString(directory.resolve(".s.PGSQL." + port), "precious");
    assertThatThrownBy(() -> start(port)).hasMessageContaining("is no socket");
    assertThat(file).hasContent("precious");
  }

  @Test
  void aPathThatNoSocketCanHaveIsRefusedWithItsLength() throws Exception {
    Path deep = Files.createDirectories(directory.resolve("x".repeat(100)));
    directory = deep;
    assertThatThrownBy(() -> start(freePort())).hasMessageContaining("at most 107");
  }

  private ProxyServer start(int port) {
    return ProxyServer.start(
        ConfigLoader.parse(
            """
            [general]
            host = "127.0.0.1"
            port = %d
            unix_socket_dir = "%s"
            worker_threads = 1
            [pools.app.shards.0]
            database = "postgres"
            servers = [["127.0.0.1", 1, "primary"]]
            [pools.app.users.0]
            username = "postgres"
            auth_type = "trust"
            pool_size = 1
            """
                .formatted(port, directory),
            "test.toml"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
