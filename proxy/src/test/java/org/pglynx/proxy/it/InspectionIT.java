package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.ProxyServerLauncher;
import org.pglynx.proxy.app.cli.PglynxCommand;

/** {@code pglynx check --connect} before real servers: what it finds, and how it exits. */
class InspectionIT {
  private static String database = "";
  private static String second = "";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory = Path.of("");

  @BeforeAll
  static void createDatabases() {
    TestPostgres postgres = TestPostgres.shared();
    database = postgres.createDatabase("check");
    second = postgres.createDatabase("check");
  }

  @AfterAll
  static void dropDatabases() {
    TestPostgres postgres = TestPostgres.shared();
    postgres.dropDatabase(database);
    postgres.dropDatabase(second);
  }

  private static String server(String role) {
    return "[\"127.0.0.1\", " + TestPostgres.shared().port() + ", \"" + role + "\"]";
  }

  private static String pool(String more, String... servers) {
    StringBuilder toml = new StringBuilder("[pools.shop]\n").append(more);
    for (int i = 0; i < servers.length; i++) {
      toml.append("[pools.shop.shards.%d]%n".formatted(i));
      toml.append("database = \"%s\"%n".formatted(i == 0 ? database : second));
      toml.append("servers = [%s]%n".formatted(servers[i]));
    }
    return toml
        + """
        [pools.shop.users.0]
        username = "postgres"
        auth_type = "trust"
        pool_size = 2
        """;
  }

  private int check(String toml, String... options) throws IOException {
    Path file = Files.writeString(directory.resolve("checked.toml"), toml);
    String[] arguments = new String[options.length + 3];
    arguments[0] = "check";
    arguments[1] = "--connect";
    System.arraycopy(options, 0, arguments, 2, options.length);
    arguments[arguments.length - 1] = file.toString();
    return PglynxCommand.commandLine(new ProxyServerLauncher())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void servers_that_are_what_the_file_says_are_good() throws IOException {
    assertThat(check(pool("", server("primary")))).isZero();

    assertThat(out.toString()).contains("the servers are what it says");
    assertThat(err.toString()).isEmpty();
  }

  /** An io_uring loop that ended too early told each of them with a trace. */
  @Test
  void connections_are_closed_without_a_word_in_the_log() throws IOException {
    String there = server("primary");
    try (LogCapture log = new LogCapture()) {
      check(pool("", there, there, there, there, there, there));

      assertThat(log.text()).doesNotContain("RejectedExecutionException");
    }
  }

  @Test
  void a_server_that_nobody_reaches_is_unavailable() throws IOException {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }

    try (LogCapture log = new LogCapture()) {
      assertThat(check(pool("", "[\"127.0.0.1\", " + nobody + ", \"primary\"]"))).isEqualTo(69);
      assertThat(log.text()).doesNotContain("Exception: event executor terminated");
    }

    assertThat(err.toString())
        .startsWith("shop: 127.0.0.1:" + nobody + "/" + database + " as postgres: ")
        .containsIgnoringCase("(Connection refused");
  }

  @Test
  void a_server_that_says_nothing_is_unavailable_in_time() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String toml =
          pool(
              "connect_timeout = 500\n",
              "[\"127.0.0.1\", " + silent.getLocalPort() + ", \"primary\"]");

      assertThat(check(toml)).isEqualTo(69);
    }
  }

  @Test
  void a_wrong_password_is_told_from_a_server_that_is_away() throws IOException {
    try (PasswordPostgres postgres = PasswordPostgres.start()) {
      String toml =
          """
          [pools.shop]
          [pools.shop.shards.0]
          database = "postgres"
          servers = [["127.0.0.1", %d, "primary"]]
          [pools.shop.users.0]
          username = "anna"
          password = "%s"
          pool_size = 2
          """;

      assertThat(check(toml.formatted(postgres.port(), "wrong"))).isEqualTo(77);
      assertThat(err.toString()).contains("as anna: password authentication failed");
      assertThat(check(toml.formatted(postgres.port(), "right"))).isZero();
    }
  }

  @Test
  void a_database_that_is_not_there_is_a_misfit() throws IOException {
    assertThat(check(pool("", server("primary")).replace(database, "nowhere"))).isEqualTo(78);

    assertThat(err.toString()).contains("database \"nowhere\" does not exist");
  }

  @Test
  void a_replica_that_is_a_primary_is_a_misfit() throws IOException {
    assertThat(check(pool("", server("replica")))).isEqualTo(78);

    assertThat(err.toString()).contains("is a primary (not in recovery)");
  }

  @Test
  void a_primary_that_is_a_replica_is_a_misfit() throws Exception {
    try (StreamingCluster cluster = StreamingCluster.start(1)) {
      String toml =
          pool("", "[\"127.0.0.1\", " + cluster.server(1).port() + ", \"primary\"]")
              .replace(database, "postgres");

      assertThat(check(toml)).isEqualTo(78);
      assertThat(err.toString()).contains("is a replica (in recovery)");
    }
  }

  @Test
  void a_server_without_the_schema_of_models_is_told_and_with_ml_is_a_misfit() throws IOException {
    String toml = pool("", server("primary"));

    assertThat(check(toml)).isZero();
    assertThat(out.toString()).contains("has no schema pgml; the first pgml.train makes it");
    assertThat(check(toml, "--ml")).isEqualTo(78);
    assertThat(err.toString()).contains("has no schema pgml");
  }

  @Test
  void partitions_that_belong_to_other_shards_are_misfits() throws IOException {
    TestPostgres postgres = TestPostgres.shared();
    String parent = "CREATE TABLE data (id bigint) PARTITION BY HASH (id)";
    String part =
        "CREATE TABLE data_%d PARTITION OF data FOR VALUES WITH (MODULUS %d, REMAINDER %d)";
    postgres.execute(database, parent, part.formatted(0, 2, 0));
    postgres.execute(second, parent, part.formatted(1, 2, 1));
    String toml =
        pool("automatic_sharding_key = \"data.id\"\n", server("primary"), server("primary"));

    assertThat(check(toml)).as(err.toString()).isZero();

    postgres.execute(second, "DROP TABLE data_1", part.formatted(1, 3, 1));
    assertThat(check(toml)).isEqualTo(78);
    assertThat(err.toString()).contains("data_1 is partition 1 of 3, and belongs to shard 1 of 2");

    postgres.execute(second, "DROP TABLE data");
    assertThat(check(toml)).isEqualTo(78);
    assertThat(err.toString()).contains("has no table data");
    postgres.execute(database, "DROP TABLE data");
  }

  @Test
  void a_pool_whose_clients_bring_their_passwords_is_not_looked_at() throws IOException {
    Files.writeString(directory.resolve("users.txt"), "\"anna\" \"secret\"\n");
    String toml =
        """
        [general]
        auth_file = "users.txt"
        [pools.shop]
        [pools.shop.shards.0]
        servers = [["127.0.0.1", 1, "primary"]]
        [pools.shop.users."*"]
        pool_size = 2
        """;

    assertThat(check(toml)).isZero();
    assertThat(out.toString()).contains("shop: not looked at");
  }
}
