package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * Layer 3: PostgreSQL's own replication programs, and a standby, do through the proxy what they do
 * with the server. The pool has one connection, which none of them needs.
 */
class ReplicationProgramsIT {
  @TempDir static Path directory;
  private static @Nullable InstalledPostgres primary;
  private static @Nullable ProxyServer proxy;

  @BeforeAll
  static void start() {
    InstalledPostgres server = InstalledPostgres.primary(directory);
    primary = server;
    proxy =
        ProxyServer.start(
            ConfigLoader.parse(
                """
                [general]
                host = "127.0.0.1"
                port = 0
                worker_threads = 2
                [pools.app.shards.0]
                database = "postgres"
                servers = [["127.0.0.1", %d, "primary"]]
                [pools.app.users.0]
                username = "replicator"
                password = "of the client"
                server_username = "postgres"
                pool_size = 1
                """
                    .formatted(server.port()),
                "test.toml"));
    server.execute(
        "CREATE TABLE item(id int PRIMARY KEY)",
        "INSERT INTO item SELECT generate_series(1, 5000)");
  }

  @AfterAll
  static void stop() {
    ProxyServer running = proxy;
    if (running != null) {
      running.close();
    }
    InstalledPostgres server = primary;
    if (server != null) {
      server.close();
    }
  }

  private static InstalledPostgres primary() {
    InstalledPostgres started = primary;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  private static int port() {
    ProxyServer started = proxy;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started.port();
  }

  private static Program.Outcome run(String program, String... arguments) {
    Map<String, String> environment =
        Map.of(
            "PGHOST", "127.0.0.1",
            "PGPORT", String.valueOf(port()),
            "PGUSER", "replicator",
            "PGPASSWORD", "of the client",
            "PGSSLMODE", "disable");
    return Program.require(program).run(environment, List.of(arguments));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream", "fetch", "none"})
  void pg_basebackupCopiesTheCluster(String wal) {
    Path copy = directory.resolve("copy_" + wal);

    Program.Outcome outcome =
        run("pg_basebackup", "-D", copy.toString(), "-X", wal, "-c", "fast", "--no-sync");

    assertThat(outcome.output()).doesNotContain("error");
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    assertThat(copy.resolve("PG_VERSION")).exists();
    Program.Outcome verified =
        run("pg_verifybackup", wal.equals("none") ? "-n" : "-q", copy.toString());
    assertThat(verified.exit()).as(verified.output()).isZero();
  }

  @Test
  void aStandbyThatIsMadeThroughTheProxyFollowsThroughTheProxy() {
    Path data = directory.resolve("standby");
    Program.Outcome outcome =
        run(
            "pg_basebackup",
            "-D",
            data.toString(),
            "-R",
            "-C",
            "-S",
            "standby_slot",
            "-X",
            "stream",
            "-c",
            "fast",
            "--no-sync");
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    InstalledPostgres.append(data, "cluster_name = 'standby_1'");

    try (InstalledPostgres standby = InstalledPostgres.start(data)) {
      primary().execute("CREATE TABLE followed AS SELECT generate_series(1, 10000) AS i");

      Eventually.equal(() -> standby.value("SELECT sum(i) FROM followed"), "50005000");
      assertThat(standby.value("SELECT pg_is_in_recovery()")).isEqualTo("t");
      assertThat(standby.value("SELECT sender_port FROM pg_stat_wal_receiver"))
          .isEqualTo(String.valueOf(port()));
      assertThat(
              primary().value("SELECT application_name || ' ' || state FROM pg_stat_replication"))
          .isEqualTo("standby_1 streaming");
      primary().execute("ALTER SYSTEM SET synchronous_standby_names = 'standby_1'");
      primary().execute("SELECT pg_reload_conf()");
      Eventually.equal(() -> primary().value("SELECT sync_state FROM pg_stat_replication"), "sync");
      primary().execute("INSERT INTO followed VALUES (1)");
    } finally {
      primary().execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
    }
    Eventually.equal(() -> primary().value("SELECT count(*) FROM pg_stat_replication"), "0");
  }

  @Test
  void pg_receivewalReceivesTheServersWalByteForByte() throws IOException {
    Path received = Files.createDirectory(directory.resolve("wal"));
    primary().execute("SELECT pg_create_physical_replication_slot('wal_slot', true)");
    String segment = primary().value("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
    primary().execute("CREATE TABLE later AS SELECT generate_series(1, 20000) AS i");
    primary().execute("SELECT pg_switch_wal()", "DROP TABLE later");
    String end = primary().value("SELECT pg_current_wal_lsn()");
    // The program ends with the first byte behind the end, which an idle server writes only at
    // times.
    primary().execute("CREATE TABLE behind_the_end ()", "DROP TABLE behind_the_end");

    Program.Outcome outcome =
        run(
            "pg_receivewal",
            "-D",
            received.toString(),
            "-S",
            "wal_slot",
            "-E",
            end,
            "-n",
            "--no-sync");

    assertThat(outcome.exit()).as(outcome.output()).isZero();
    assertThat(received.resolve(segment))
        .hasSameBinaryContentAs(primary().data().resolve("pg_wal").resolve(segment));
    assertThat(run("pg_receivewal", "--drop-slot", "-S", "wal_slot").exit()).isZero();
  }

  @Test
  void pg_recvlogicalCreatesASlotReadsChangesAndDropsIt() {
    String[] slot = {"-d", "app", "-S", "logical_slot"};
    assertThat(run("pg_recvlogical", with(slot, "--create-slot", "-P", "test_decoding")).exit())
        .isZero();
    primary().execute("INSERT INTO item VALUES (100001)", "DELETE FROM item WHERE id = 100001");
    String end = primary().value("SELECT pg_current_wal_lsn()");

    Program.Outcome changes =
        run("pg_recvlogical", with(slot, "--start", "-f", "-", "-E", end, "-n"));

    assertThat(changes.output())
        .contains(
            "table public.item: INSERT: id[integer]:100001",
            "table public.item: DELETE: id[integer]:100001");
    assertThat(run("pg_recvlogical", with(slot, "--drop-slot")).exit()).isZero();
    assertThat(
            primary().value("SELECT count(*) FROM pg_replication_slots WHERE plugin IS NOT NULL"))
        .isEqualTo("0");
  }

  private static String[] with(String[] first, String... more) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void aWrongPasswordOpensNothing() {
    Program.Outcome outcome =
        Program.require("pg_basebackup")
            .run(
                Map.of("PGPASSWORD", "wrong", "PGSSLMODE", "disable"),
                List.of(
                    "-h",
                    "127.0.0.1",
                    "-p",
                    String.valueOf(port()),
                    "-U",
                    "replicator",
                    "-D",
                    directory.resolve("stolen").toString()));

    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.output()).contains("password authentication failed for user \"replicator\"");
    assertThat(directory.resolve("stolen"))
        .satisfies(copy -> assertThat(Files.exists(copy)).isFalse());
  }
}
