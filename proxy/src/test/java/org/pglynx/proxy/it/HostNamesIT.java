package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database's host name is moved to another server while clients work: they are led there, each as
 * soon as it holds no connection. The name service is Java's hosts file, so the proxy runs in a
 * process of its own. The servers are of two versions, which tells them apart.
 */
class HostNamesIT {
  private static final String OLD = "127.0.0.2";
  private static final String NEW = "127.0.0.3";

  @TempDir static Path directory = Path.of("");
  private static Path hosts = Path.of("");

  @BeforeAll
  static void needsTwoServers() {
    assumeTrue(TestPostgres.available(TestPostgres.Major.V17), "one version only is here");
    hosts = directory.resolve("hosts");
  }

  private static void named(String address) {
    try {
      Path next = Files.writeString(directory.resolve("hosts.next"), address + " db.example\n");
      Files.move(next, hosts, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ChaosWire wire(TestPostgres.Major major, String address, int port) {
    return ChaosWire.to(TestPostgres.shared(major).port(), ChaosWire.Temper.CALM, address, port);
  }

  private static SmallProxy proxy(int port) {
    return SmallProxy.start(
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 2
        dns_max_ttl = 1
        idle_timeout = 0
        [pools.app]
        shards.0 = { database = "postgres", servers = [["db.example", %d, "primary"]] }
        users.0 = { username = "postgres", auth_type = "trust", pool_size = 5 }
        """
            .formatted(port),
        "-Djdk.net.hosts.file=" + hosts);
  }

  private static SmallProxy replicated(int port) {
    return SmallProxy.start(
        """
        [general]
        host = "127.0.0.1"
        port = 0
        worker_threads = 2
        dns_max_ttl = 1
        idle_timeout = 0
        [pools.app]
        default_role = "replica"
        shards.0 = { database = "postgres", servers = [["db.example", %d, "replica"], \
        ["127.0.0.1", %d, "primary"]] }
        users.0 = { username = "postgres", auth_type = "trust", pool_size = 5 }
        """
            .formatted(port, TestPostgres.shared(TestPostgres.Major.V18).port()),
        "-Djdk.net.hosts.file=" + hosts);
  }

  private static String major(RawConnection client) {
    return client.value("SELECT current_setting('server_version_num')::int / 10000");
  }

  @Test
  void a_name_that_is_moved_is_followed_by_all_but_the_transactions_under_way() {
    named(OLD);
    try (ChaosWire old = wire(TestPostgres.Major.V18, OLD, 0);
        ChaosWire fresh = wire(TestPostgres.Major.V17, NEW, old.port());
        SmallProxy proxy = proxy(old.port());
        RawConnection idle = proxy.raw();
        RawConnection busy = proxy.raw()) {
      assertThat(major(idle)).isEqualTo("18");
      busy.ask("BEGIN");
      assertThat(major(busy)).isEqualTo("18");

      named(NEW);

      Eventually.equal(() -> major(idle), "17");
      assertThat(major(busy)).as("amid its transaction").isEqualTo("18");
      busy.ask("COMMIT");
      Eventually.equal(() -> major(busy), "17");
      for (int i = 0; i < 20; i++) {
        assertThat(major(busy)).isEqualTo("17");
      }
      assertThat(fresh.port()).isEqualTo(old.port());
      assertThat(proxy.log()).contains("the addresses of a name have changed: host=db.example");
    }
  }

  @Test
  void a_replicas_name_that_is_moved_is_followed_without_an_error() {
    named(OLD);
    try (ChaosWire old = wire(TestPostgres.Major.V18, OLD, 0);
        ChaosWire fresh = wire(TestPostgres.Major.V17, NEW, old.port());
        SmallProxy proxy = replicated(old.port());
        RawConnection client = proxy.raw()) {
      assertThat(major(client)).isEqualTo("18");

      named(NEW);

      Eventually.equal(() -> major(client), "17");
      for (int i = 0; i < 20; i++) {
        assertThat(major(client)).isEqualTo("17");
      }
      assertThat(fresh.port()).isEqualTo(old.port());
    }
  }

  @Test
  void a_cancel_request_goes_to_the_server_that_runs_the_statement_wherever_its_name_leads_now() {
    named(OLD);
    try (ChaosWire old = wire(TestPostgres.Major.V18, OLD, 0);
        ChaosWire _ = wire(TestPostgres.Major.V17, NEW, old.port());
        SmallProxy proxy = proxy(old.port());
        RawConnection busy = proxy.raw();
        RawConnection other = proxy.raw()) {
      busy.send(RawConnection.query("SELECT pg_sleep(30)"));
      named(NEW);
      Eventually.equal(() -> major(other), "17");

      RawConnection.cancel(proxy.port(), busy.pid(), busy.key());

      assertThat(busy.patience(5_000).shapes(1)).endsWith("E:ERROR:57014", "Z:I");
    }
  }

  @Test
  void a_name_that_is_lost_does_no_harm_and_one_that_comes_back_is_found() throws IOException {
    named(OLD);
    try (ChaosWire old = wire(TestPostgres.Major.V18, OLD, 0);
        SmallProxy proxy = proxy(old.port());
        RawConnection client = proxy.raw()) {
      Files.delete(hosts);
      Eventually.pause(2_500);
      assertThat(major(client)).isEqualTo("18");
      old.cut();
      Eventually.equal(() -> client.ask("SELECT 1").getLast(), "Z:I");
      assertThat(major(client)).as("a new connection to the known address").isEqualTo("18");
    }
  }
}
