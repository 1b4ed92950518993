package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.config.TransportKind;
import org.pglynx.proxy.transport.Transport;

/** Over a Unix socket the kernel says who the client is. */
class PeerIT {
  @TempDir static Path directory = Path.of("");
  private static final ProxyUnderTest PROXY = ProxyUnderTest.transactionMode(2);

  @BeforeAll
  static void start() throws IOException {
    String myself = System.getProperty("user.name", "");
    assumeTrue(Transport.isAvailable(TransportKind.EPOLL), "NIO does not tell the peer");
    assumeTrue(
        Files.readAllLines(Path.of("/etc/passwd")).stream()
            .anyMatch(line -> line.startsWith(myself + ":")),
        "the user of this process is not in /etc/passwd");
    Files.writeString(directory.resolve("pg_hba.conf"), "local all all peer map=here\n");
    Files.writeString(
        directory.resolve("pg_ident.conf"), "here \"" + myself + "\" postgres\nhere nobody all\n");
    PROXY
        .general(
            "unix_socket_dir = \"" + directory + "\"",
            "auth_hba_file = \"" + directory.resolve("pg_hba.conf") + "\"",
            "auth_ident_file = \"" + directory.resolve("pg_ident.conf") + "\"")
        .anotherUser("username = \"other\"", "pool_size = 1")
        .start();
  }

  @AfterAll
  static void stop() {
    PROXY.stop();
  }

  private static String psql(String host, String user) {
    return Program.require("psql")
        .run(
            Map.of("PGHOST", host, "PGPORT", String.valueOf(PROXY.port())),
            List.of("-X", "-U", user, "-d", ProxyUnderTest.DATABASE, "-Atc", "SELECT 'done'"))
        .output();
  }

  @Test
  void who_maps_to_the_user_comes_in() {
    assertThat(psql(directory.toString(), "postgres")).isEqualTo("done\n");
  }

  @Test
  void who_does_not_is_told_in_the_words_of_postgres() {
    assertThat(psql(directory.toString(), "other"))
        .contains("FATAL:  Peer authentication failed for user \"other\"");
  }

  @Test
  void a_rule_for_sockets_is_none_for_tcp() {
    assertThat(psql("127.0.0.1", "postgres"))
        .contains("FATAL:  no pg_hba.conf entry for host \"127.0.0.1\", user \"postgres\"");
  }
}
