package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.pglynx.proxy.it.ProxyUnderTest.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.app.FileSource;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigFile;
import org.pglynx.proxy.config.ConfigLoader;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * What a real primary and two real standbys, which are 150 ms late, are used for: by sharded pools,
 * sessions that keep their server, listeners to certain servers, strategies, and while one is
 * drained.
 */
class ReplicaFeaturesIT {
  private static final String WHERE = "SELECT inet_server_port()";
  private static final String LATE = "150ms";

  @TempDir static Path directory;

  private static StreamingCluster cluster;
  private static ProxyServer proxy;

  @BeforeAll
  static void start() throws SQLException {
    cluster =
        StreamingCluster.start(
            2,
            "CREATE DATABASE east",
            "CREATE DATABASE west",
            "CREATE DATABASE locked",
            "ALTER DATABASE locked SET default_transaction_read_only = on");
    for (String database : List.of("east", "west")) {
      onPrimary(
          database,
          "CREATE TABLE orders (customer bigint, id int, port int)",
          "CREATE SEQUENCE s",
          "CREATE FUNCTION sneaky() RETURNS bigint LANGUAGE sql STABLE AS"
              + " $$SELECT nextval('s')$$");
    }
    onPrimary(
        "postgres",
        "CREATE TABLE t (id int)",
        "CREATE TABLE written (id int)",
        "CREATE SEQUENCE s");
    cluster.settle(cluster.server(0));
    write(servers("", ""));
    proxy =
        ProxyServer.start(
            ConfigLoader.load(file()), new FileSource(new ConfigFile(file(), Map.of())));
    for (String pool : List.of("split", "active", "plain", "kept", "reloaded")) {
      // When it is known what the function does; a session may stay where it was first.
      Eventually.equal(() -> pool + onReplica(whereANewSessionReads(pool)), pool + true);
    }
    Eventually.equal(
        () -> {
          whereANewSessionReads("sharded");
          return sum("ROUTING", "functions") > 0;
        },
        true);
    for (int i = 1; i < cluster.size(); i++) {
      cluster
          .server(i)
          .execute(
              "ALTER SYSTEM SET recovery_min_apply_delay = '" + LATE + "'",
              "SELECT pg_reload_conf()");
    }
  }

  private static void onPrimary(String database, String... statements) throws SQLException {
    try (Connection direct =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + primary() + "/" + database + "?user=postgres")) {
      run(direct, statements);
    }
  }

  private static Path file() {
    return directory.resolve("pglynx.toml");
  }

  /** The configuration, of which one pool changes. */
  private static void write(String reloaded) {
    try {
      Files.writeString(file(), toml(reloaded));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String toml(String reloaded) {
    String servers = cluster.toml("primary", "replica");
    String tables =
        """
        read_your_writes = true
        [[pools.sharded.sharded_tables]]
        name = "orders"
        columns = ["customer"]
        [pools.sharded.shards.1]
        database = "west"
        servers = %s
        """
            .formatted(servers);
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    worker_threads = 2
    admin_username = "admin"
    admin_auth_type = "trust"
    zone = "here"
    [ml]
    enabled = false
    [listeners.standbys]
    port = 0
    target_session_attrs = "standby"
    [listeners.primary]
    port = 0
    target_session_attrs = "read-write"
    [listeners.preferring]
    port = 0
    target_session_attrs = "prefer-standby"
    [listeners.readers]
    port = 0
    target_session_attrs = "read-only"
    [listeners.writers]
    port = 0
    target_session_attrs = "primary"
    [pools.alone.shards.0]
    database = "postgres"
    servers = [["127.0.0.1", %s, "primary"]]
    [pools.alone.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = 2
    """
            .formatted(primary())
        + pool("sharded", servers, "east", tables)
        + pool("split", servers, "postgres", "pool_mode = \"session\"\nsession_split = true")
        + pool("locked", servers, "locked", "")
        + pool("kept", servers, "postgres", "pool_mode = \"session\"")
        + pool(
            "active",
            servers,
            "postgres",
            "db_activity_based_routing = true\ndb_activity_init_delay = 1\n"
                + "table_mutation_cache_ms_ttl = 2000")
        + pool("plain", servers, "postgres", "load_balancing_mode = \"round_robin\"")
        + pool("reloaded", reloaded, "postgres", "load_balancing_mode = \"round_robin\"")
        + strategy("random", servers)
        + strategy("round_robin", servers)
        + strategy("loc", servers)
        + strategy("weighted", servers(", weight = 3", ", weight = 1"))
        + strategy("zones", servers(", zone = \"there\"", ", zone = \"here\""));
  }

  private static String strategy(String mode, String servers) {
    String known = mode.equals("zones") ? "random" : mode;
    return pool("by_" + mode, servers, "postgres", "load_balancing_mode = \"" + known + "\"");
  }

  private static String servers(String first, String second) {
    return "[%s, %s, %s]"
        .formatted(
            server(0, "primary", ""), server(1, "replica", first), server(2, "replica", second));
  }

  private static String server(int index, String role, String more) {
    return "{host = \"127.0.0.1\", port = %d, role = \"%s\"%s}"
        .formatted(cluster.server(index).port(), role, more);
  }

  private static String pool(String name, String servers, String database, String lines) {
    return """
    [pools.%1$s.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = 4
    [pools.%1$s.shards.0]
    database = "%3$s"
    servers = %2$s
    [pools.%1$s]
    probe_interval = 100
    query_parser_enabled = true
    query_parser_read_write_splitting = true
    %4$s
    """
        .formatted(name, servers, database, lines);
  }

  @AfterAll
  static void stop() {
    try {
      proxy.close();
    } finally {
      cluster.close();
    }
  }

  private static String primary() {
    return String.valueOf(cluster.server(0).port());
  }

  private static Connection connect(String database) throws SQLException {
    return connect(proxy.port(), database);
  }

  private static Connection connect(int port, String database) throws SQLException {
    return DriverManager.getConnection(url(port, database) + "&preferQueryMode=simple");
  }

  /** With all that the driver wants to set in its login: a SET would be the first statement. */
  private static String url(int port, String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres&sslmode=disable&assumeMinServerVersion=14"
        .formatted(port, database);
  }

  private static String value(Connection client, String sql) throws SQLException {
    return String.valueOf(ProxyUnderTest.value(client, sql));
  }

  private static String whereANewSessionReads(String pool) {
    try (Connection client = connect(pool)) {
      return where(client);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String where(Connection client) throws SQLException {
    return value(client, WHERE);
  }

  // ---- sharded pools ---------------------------------------------------------------------------

  /** How often each server was given to a session of the sharded pool. */
  private static Map<String, Long> given() throws SQLException {
    Map<String, Long> given = new HashMap<>();
    try (Connection admin = AdminTable.login(proxy.port())) {
      for (Map<String, String> row : AdminTable.show(admin, "REPLICATION")) {
        if ("sharded".equals(row.get("database"))) {
          given.merge(
              row.getOrDefault("role", ""),
              Long.parseLong(row.getOrDefault("assignment_count", "")),
              Long::sum);
        }
      }
    }
    return given;
  }

  private static long more(Map<String, Long> before, Map<String, Long> after, String role) {
    return after.getOrDefault(role, 0L) - before.getOrDefault(role, 0L);
  }

  private static boolean onReplica(String port) {
    return port.equals(String.valueOf(cluster.server(1).port()))
        || port.equals(String.valueOf(cluster.server(2).port()));
  }

  private static String keyed(int customer) {
    return "SELECT inet_server_port() FROM orders WHERE customer = " + customer + " LIMIT 1";
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void reads_of_one_shard_and_of_all_go_to_its_replicas_and_see_what_the_session_wrote(String mode)
      throws SQLException {
    try (Connection client =
        DriverManager.getConnection(url(proxy.port(), "sharded") + "&preferQueryMode=" + mode)) {
      for (int customer = 0; customer < 8; customer++) {
        insert(client, customer);
        assertThat(value(client, "SELECT count(*) FROM orders WHERE customer = " + customer))
            .as("its own write, from a shard whose replicas are late")
            .isEqualTo("1");
        assertThat(value(client, "SELECT count(*) FROM orders"))
            .isEqualTo(String.valueOf(customer + 1));
      }
      for (int customer = 0; customer < 8; customer++) {
        int key = customer;
        Eventually.equal(() -> onReplica(ask(client, keyed(key))), true);
      }
      Map<String, Long> before = given();
      for (int i = 0; i < 10; i++) {
        assertThat(value(client, "SELECT count(*) FROM orders")).isEqualTo("8");
      }
      Map<String, Long> after = given();
      assertThat(more(before, after, "replica")).isGreaterThanOrEqualTo(20);
      assertThat(more(before, after, "primary")).isLessThanOrEqualTo(2);
      for (int customer = 0; customer < 8; customer++) {
        run(client, "DELETE FROM orders WHERE customer = " + customer);
      }
      assertThat(value(client, "SELECT count(*) FROM orders")).isEqualTo("0");
    }
  }

  private static void insert(Connection client, int customer) throws SQLException {
    try (PreparedStatement insert =
        client.prepareStatement("INSERT INTO orders (customer, id) VALUES (?, 1)")) {
      insert.setLong(1, customer);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
  }

  private static String ask(Connection client, String sql) {
    try {
      return value(client, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_transaction_over_shards_that_only_reads_is_on_replicas_of_all_of_them()
      throws SQLException {
    onPrimary("east", "INSERT INTO orders SELECT c, 2, 0 FROM generate_series(100, 140) c");
    onPrimary("west", "INSERT INTO orders SELECT c, 2, 0 FROM generate_series(100, 140) c");
    cluster.settle(cluster.server(0));
    try (Connection client = connect("sharded")) {
      client.setReadOnly(true);
      client.setAutoCommit(false);
      // Whatever its hash says, each is in both.
      for (int customer = 100; customer < 120; customer++) {
        assertThat(value(client, keyed(customer))).matches(ReplicaFeaturesIT::onReplica);
      }
      client.commit();
      client.setReadOnly(false);
      assertThat(value(client, keyed(100))).as("it may write").isEqualTo(primary());
      client.commit();
    }
    onPrimary("east", "DELETE FROM orders WHERE customer >= 100");
    onPrimary("west", "DELETE FROM orders WHERE customer >= 100");
    cluster.settle(cluster.server(0));
  }

  private static void fillShards(int id, int from, int to) throws SQLException {
    try (Connection writer = connect("sharded")) {
      for (int customer = from; customer < to; customer++) {
        run(writer, "INSERT INTO orders (customer, id) VALUES (" + customer + ", " + id + ")");
      }
    }
    cluster.settle(cluster.server(0));
  }

  private static void emptyShards(int id) throws SQLException {
    onPrimary("east", "DELETE FROM orders WHERE id = " + id);
    onPrimary("west", "DELETE FROM orders WHERE id = " + id);
    cluster.settle(cluster.server(0));
  }

  /** What the work asks the sharded pool for, of replicas and of primaries. */
  private static Map<String, Long> asks(SqlWork work) throws SQLException, IOException {
    Map<String, Long> before;
    try (Connection client =
        DriverManager.getConnection(url(proxy.port(), "sharded") + "&prepareThreshold=1")) {
      before = given();
      client.setAutoCommit(false);
      work.on(client);
    }
    Map<String, Long> after = given();
    return Map.of(
        "replica", more(before, after, "replica"), "primary", more(before, after, "primary"));
  }

  private interface SqlWork {
    void on(Connection client) throws SQLException, IOException;
  }

  private static int fetched(Connection client, String sql, int size) throws SQLException {
    try (Statement statement = client.createStatement()) {
      statement.setFetchSize(size);
      int count = 0;
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          count++;
        }
      }
      return count;
    }
  }

  @Test
  void rows_of_shards_that_are_fetched_in_parts_come_from_replicas_if_the_transaction_reads()
      throws SQLException, IOException {
    fillShards(9, 200, 230);
    String all = "SELECT customer FROM orders WHERE id = 9";
    Map<String, Long> reading =
        asks(client -> {
          client.setReadOnly(true);
          assertThat(fetched(client, all, 4)).isEqualTo(30);
          run(client, "DECLARE c CURSOR FOR " + all + " ORDER BY customer");
          assertThat(fetched(client, "FETCH 7 FROM c", 0)).isEqualTo(7);
          assertThat(fetched(client, "FETCH ALL FROM c", 0)).isEqualTo(23);
          client.commit();
        });
    Map<String, Long> writing =
        asks(client -> {
          assertThat(fetched(client, all, 4)).isEqualTo(30);
          client.commit();
        });
    emptyShards(9);

    assertThat(reading.get("replica")).isGreaterThanOrEqualTo(2);
    assertThat(reading.get("primary")).isZero();
    assertThat(writing.get("primary")).isEqualTo(2);
    assertThat(writing.get("replica")).isZero();
  }

  @Test
  void copies_out_of_shards_come_from_replicas_and_copies_in_go_to_primaries()
      throws SQLException, IOException {
    fillShards(8, 300, 310);
    StringWriter copied = new StringWriter();
    Map<String, Long> out =
        asks(client -> {
          client.setAutoCommit(true);
          copies(client).copyOut("COPY orders TO STDOUT", copied);
        });
    Map<String, Long> in =
        asks(client -> {
          client.setAutoCommit(true);
          copies(client)
              .copyIn("COPY orders (customer, id) FROM STDIN", new StringReader("310\t8\n"));
          assertThat(value(client, "SELECT count(*) FROM orders WHERE id = 8"))
              .as("its own write, too")
              .isEqualTo("11");
        });
    emptyShards(8);

    assertThat(copied.toString().lines().filter(line -> line.contains("\t8\t"))).hasSize(10);
    assertThat(out).isEqualTo(Map.of("replica", 2L, "primary", 0L));
    assertThat(in.get("replica")).isZero();
    assertThat(in.get("primary")).isPositive();
  }

  private static CopyManager copies(Connection client) throws SQLException {
    return client.unwrap(PGConnection.class).getCopyAPI();
  }

  @Test
  void a_batch_over_shards_is_on_replicas_if_all_of_it_reads() throws SQLException, IOException {
    fillShards(7, 400, 404);
    try (RawConnection client = RawConnection.login(proxy.port(), "sharded", "postgres")) {
      // The login itself may have asked any server what it reports.
      Map<String, Long> before = given();
      List<String> reads = keyedReads(7, 400, 404);
      assertThat(batch(client, reads)).containsExactly("400", "401", "402", "403");
      Map<String, Long> reading = given();
      assertThat(more(before, reading, "replica")).isPositive();
      assertThat(more(before, reading, "primary")).isZero();

      List<String> writing = new ArrayList<>(reads);
      writing.add("UPDATE orders SET port = 1 WHERE customer = 400 AND id = 7 RETURNING customer");
      assertThat(batch(client, writing)).containsExactly("400", "401", "402", "403", "400");
      assertThat(more(reading, given(), "replica")).isZero();
    }
    emptyShards(7);
  }

  private static List<String> keyedReads(int id, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(customer ->
            "SELECT customer FROM orders WHERE customer = " + customer + " AND id = " + id)
        .toList();
  }

  /** Sends the statements ahead of all answers; gives their values in order. */
  private static List<String> batch(RawConnection client, List<String> statements) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String sql : statements) {
      all.writeBytes(RawConnection.parse("", sql));
      all.writeBytes(RawConnection.bind("", ""));
      all.writeBytes(RawConnection.execute("", 0));
    }
    all.writeBytes(RawConnection.sync());
    client.send(all.toByteArray());
    List<String> replies = client.untilReady().stream().map(Replies::text).toList();
    assertThat(replies).noneMatch(reply -> reply.startsWith("E:"));
    return replies.stream()
        .filter(reply -> reply.startsWith("D:"))
        .map(reply -> reply.substring(2))
        .toList();
  }

  @Test
  void what_a_shards_replica_refuses_its_primary_does() throws SQLException {
    String sneaky = "SELECT sneaky() FROM orders WHERE customer = 77";
    onPrimary("east", "INSERT INTO orders VALUES (77, 1, 0)");
    onPrimary("west", "INSERT INTO orders VALUES (77, 1, 0)");
    cluster.settle(cluster.server(0));
    long before = retries();
    Eventually.equal(
        () -> {
          // A new session each time: one that has written reads from the primary at first.
          try (Connection client = connect("sharded")) {
            assertThat(Long.parseLong(value(client, sneaky))).isPositive();
            return retries() > before;
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        },
        true);
    try (Connection client = connect("sharded")) {
      run(client, "SET SERVER ROLE TO 'replica'");
      assertThatThrownBy(() -> run(client, sneaky))
          .as("who asks for a replica gets what it says")
          .hasMessageContaining("read-only transaction");
    }
    onPrimary("east", "DELETE FROM orders WHERE customer = 77");
    onPrimary("west", "DELETE FROM orders WHERE customer = 77");
    cluster.settle(cluster.server(0));
  }

  private static long retries() {
    return sum("ROUTING", "retried");
  }

  /** Of the sharded pool. */
  private static long sum(String topic, String column) {
    try (Connection admin = AdminTable.login(proxy.port())) {
      return AdminTable.show(admin, topic).stream()
          .filter(row -> "sharded".equals(row.get("database")))
          .mapToLong(row -> Long.parseLong(row.getOrDefault(column, "")))
          .sum();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- sessions that keep their server ---------------------------------------------------------

  @Test
  void a_split_session_reads_on_replicas_and_keeps_one_connection_to_the_primary()
      throws SQLException {
    String pid = "/* role: primary */ SELECT pg_backend_pid()";
    try (Connection client = connect("split")) {
      assertThat(where(client)).isNotEqualTo(primary());
      run(client, "INSERT INTO t VALUES (1)", "SELECT nextval('s')");
      String kept = value(client, pid);
      for (int i = 0; i < 5; i++) {
        assertThat(where(client)).isNotEqualTo(primary());
        assertThat(value(client, pid)).isEqualTo(kept);
      }
      assertThat(value(client, "SELECT currval('s') > 0")).isEqualTo("t");
      run(client, "SET work_mem = '7MB'");
      String carried = "SELECT current_setting('work_mem') || inet_server_port()";
      assertThat(value(client, carried)).startsWith("7MB");
      // The primary is being asked what SET has left there.
      Eventually.equal(() -> ask(client, carried).equals("7MB" + primary()), false);
      assertThat(value(client, carried)).startsWith("7MB");
      run(client, "CREATE TEMP TABLE mine AS SELECT 1 AS one");
      assertThat(value(client, "SELECT one FROM mine")).isEqualTo("1");
      assertThat(where(client)).as("what it has left there").isEqualTo(primary());
      run(client, "DROP TABLE mine");
      Eventually.equal(() -> ask(client, WHERE).equals(primary()), false);
      assertThat(value(client, pid)).isEqualTo(kept);
    }
  }

  @Test
  void without_that_the_first_statement_of_a_session_decides() throws SQLException {
    try (Connection reader = connect("kept")) {
      assertThat(where(reader)).isNotEqualTo(primary());
      assertThatThrownBy(() -> run(reader, "INSERT INTO t VALUES (1)"))
          .hasMessageContaining("read-only");
    }
    try (Connection writer = connect("kept")) {
      run(writer, "INSERT INTO t VALUES (1)");
      assertThat(where(writer)).isEqualTo(primary());
    }
  }

  // ---- transactions that only read -------------------------------------------------------------

  @Test
  void a_transaction_on_a_replica_has_the_isolation_that_the_client_wants() throws SQLException {
    try (Connection client = connect("plain")) {
      run(client, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      assertThat(where(client)).matches(ReplicaFeaturesIT::onReplica);
      assertThat(value(client, "SHOW transaction_isolation")).isEqualTo("repeatable read");
      run(client, "COMMIT", "SET default_transaction_isolation = 'repeatable read'");
      Eventually.equal(() -> onReplica(ask(client, WHERE)), true);
      run(client, "BEGIN READ ONLY");
      assertThat(where(client)).matches(ReplicaFeaturesIT::onReplica);
      assertThat(value(client, "SHOW transaction_isolation")).isEqualTo("repeatable read");
      run(client, "COMMIT");
    }
  }

  @Test
  void who_reads_by_default_has_transactions_on_replicas() throws SQLException {
    try (Connection client =
        DriverManager.getConnection(
            url(proxy.port(), "plain")
                + "&preferQueryMode=simple&options=-c%20default_transaction_read_only=on")) {
      run(client, "BEGIN");
      assertThat(where(client)).matches(ReplicaFeaturesIT::onReplica);
      run(client, "COMMIT", "BEGIN READ WRITE");
      assertThat(where(client)).isEqualTo(primary());
      run(client, "COMMIT");
    }
  }

  // ---- listeners -------------------------------------------------------------------------------

  private static @Nullable String reported(int port, String name) throws SQLException {
    try (Connection client = connect(port, "plain")) {
      return client.unwrap(PGConnection.class).getParameterStatus(name);
    }
  }

  @Test
  void clients_of_a_listener_to_standbys_get_into_standbys() throws SQLException {
    assertThat(reported(proxy.port("standbys"), "in_hot_standby")).isEqualTo("on");
    assertThat(reported(proxy.port("primary"), "in_hot_standby")).isEqualTo("off");
    assertThat(reported(proxy.port(), "in_hot_standby")).isEqualTo("off");
    try (Connection reader = connect(proxy.port("standbys"), "plain")) {
      assertThat(where(reader)).isNotEqualTo(primary());
      assertThat(value(reader, "/* role: primary */ " + WHERE)).isNotEqualTo(primary());
      assertThatThrownBy(() -> run(reader, "INSERT INTO t VALUES (1)"))
          .hasMessageContaining("read-only");
      assertThatThrownBy(() -> run(reader, "SET SERVER ROLE TO 'primary'"))
          .hasMessageContaining("no effect on this listener");
      assertThat(value(reader, "SHOW SERVER ROLE")).isEqualTo("standby");
      assertThat(value(reader, "SHOW transaction_read_only")).isEqualTo("on");
    }
    try (Connection writer = connect(proxy.port("primary"), "plain")) {
      assertThat(where(writer)).isEqualTo(primary());
      run(writer, "INSERT INTO t VALUES (1)");
    }
    try (Connection reader = connect(proxy.port("preferring"), "plain")) {
      assertThat(where(reader)).isNotEqualTo(primary());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "standbys, false",
    "readers, false",
    "preferring, false",
    "primary, true",
    "writers, true"
  })
  void each_listener_leads_to_servers_of_its_kind_alone(String listener, boolean toPrimary)
      throws SQLException {
    assertThat(reported(proxy.port(listener), "in_hot_standby"))
        .isEqualTo(toPrimary ? "off" : "on");
    try (Connection client = connect(proxy.port(listener), "plain")) {
      for (String role : List.of("primary", "replica")) {
        assertThat(where(client).equals(primary())).isEqualTo(toPrimary);
        assertThat(value(client, "/* role: " + role + " */ " + WHERE).equals(primary()))
            .isEqualTo(toPrimary);
      }
    }
    assertRefused(listener, "plain", "&options=-c%20pglynx.role=any", "0A000", "cannot be chosen");
    if (!toPrimary) {
      assertRefused(
          listener, "plain", "&replication=database", "57P03", "connections go to the primary");
    }
  }

  private static void assertRefused(
      String listener, String pool, String more, String code, String message) {
    String url = url(proxy.port(listener), pool) + "&preferQueryMode=simple" + more;
    assertThatThrownBy(() -> DriverManager.getConnection(url).close())
        .hasMessageContaining(message)
        .extracting(thrown -> ((SQLException) thrown).getSQLState())
        .isEqualTo(code);
  }

  @Test
  void where_transactions_read_only_by_default_a_listener_for_writes_lets_nobody_in()
      throws SQLException {
    assertRefused("primary", "locked", "", "57P03", "session is read-only");
    try (Connection client = connect(proxy.port("writers"), "locked")) {
      assertThat(where(client)).as("it is the primary").isEqualTo(primary());
    }
    try (Connection client = connect(proxy.port("readers"), "locked")) {
      assertThat(where(client)).isNotEqualTo(primary());
    }
    assertRefused("readers", "alone", "", "57P03", "has no standby");
  }

  @Test
  void where_there_is_no_standby_libpq_goes_on_to_its_next_host() throws SQLException {
    assertThatThrownBy(() -> connect(proxy.port("standbys"), "alone"))
        .hasMessageContaining("the database \"alone\" has no standby")
        .extracting(thrown -> ((SQLException) thrown).getSQLState())
        .isEqualTo("57P03");
    Program.Outcome psql =
        Program.require("psql")
            .run(
                Map.of(),
                List.of(
                    "-AtX",
                    "-c",
                    WHERE,
                    "host=127.0.0.1,127.0.0.1 port="
                        + proxy.port("standbys")
                        + ","
                        + proxy.port("preferring")
                        + " dbname=alone user=postgres sslmode=disable"));
    assertThat(psql.output().strip()).isEqualTo(primary());
  }

  // ---- a server that is drained ----------------------------------------------------------------

  @Test
  void a_drained_replica_ends_what_it_is_at_and_takes_no_more() throws SQLException {
    String drained = String.valueOf(cluster.server(1).port());
    String other = String.valueOf(cluster.server(2).port());
    try (Connection admin = AdminTable.login(proxy.port());
        Connection busy = connect("plain");
        Connection client = connect("plain")) {
      busy.setAutoCommit(false);
      busy.setReadOnly(true);
      while (!where(busy).equals(drained)) {
        busy.rollback();
      }
      run(admin, "DRAIN 127.0.0.1:" + drained);
      assertThat(state(admin, drained)).isEqualTo("draining");
      for (int i = 0; i < 6; i++) {
        assertThat(where(client)).isEqualTo(other);
      }
      assertThat(where(busy)).as("what is under way goes on").isEqualTo(drained);
      Eventually.equal(() -> servers(admin, "plain", drained), List.of("1"));
      busy.commit();
      Eventually.equal(() -> servers(admin, "plain", drained), List.of());
      assertThatThrownBy(() -> run(admin, "DRAIN 127.0.0.1:" + primary()))
          .hasMessageContaining("its writes have no other place");

      run(admin, "UNDRAIN 127.0.0.1:" + drained);
      assertThat(state(admin, drained)).isEqualTo("healthy");
      Eventually.equal(() -> ask(client, WHERE), drained);
    }
  }

  @Test
  void a_server_that_a_reload_takes_away_ends_what_it_is_at_and_drained_ones_stay_so()
      throws SQLException {
    String first = String.valueOf(cluster.server(1).port());
    String gone = String.valueOf(cluster.server(2).port());
    try (Connection admin = AdminTable.login(proxy.port());
        Connection busy = connect("reloaded");
        Connection client = connect("reloaded")) {
      busy.setAutoCommit(false);
      busy.setReadOnly(true);
      while (!where(busy).equals(gone)) {
        busy.rollback();
      }
      run(admin, "DRAIN 127.0.0.1:" + first);
      write("[" + server(0, "primary", "") + ", " + server(1, "replica", "") + "]");
      run(admin, "RELOAD");

      assertThat(where(busy)).as("what is under way goes on").isEqualTo(gone);
      assertThat(servers(admin, "reloaded", gone)).containsExactly("1");
      busy.commit();
      Eventually.equal(() -> servers(admin, "reloaded", gone), List.of());
      // One is gone, the other drained.
      Eventually.equal(() -> ask(client, WHERE), primary());
      run(admin, "UNDRAIN 127.0.0.1:" + first);
      Eventually.equal(() -> ask(client, WHERE), first);
      assertThat(where(busy)).isEqualTo(first);
      busy.commit();
    } finally {
      write(servers("", ""));
    }
  }

  private static String state(Connection admin, String port) throws SQLException {
    return AdminTable.show(admin, "REPLICATION").stream()
        .filter(row -> "plain".equals(row.get("database")) && port.equals(row.get("port")))
        .map(row -> row.getOrDefault("state", ""))
        .findFirst()
        .orElseThrow();
  }

  /** Of each connection of the pool to the server, whether it ends as soon as it is free. */
  private static List<String> servers(Connection admin, String pool, String port) {
    try {
      return AdminTable.show(admin, "SERVERS").stream()
          .filter(row -> pool.equals(row.get("database")) && port.equals(row.get("port")))
          .peek(row -> assertThat(row.get("close_needed")).isEqualTo(row.get("draining")))
          .map(row -> row.getOrDefault("draining", ""))
          .toList();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- what others wrote -----------------------------------------------------------------------

  private static int stale(String pool, int from) throws SQLException {
    int stale = 0;
    try (Connection writer = connect(pool);
        Connection reader = connect(pool)) {
      for (int i = from; i < from + 10; i++) {
        run(writer, "INSERT INTO written VALUES (" + i + ")");
        String seen = value(reader, "SELECT count(*) FROM written WHERE id = " + i);
        stale += seen.equals("1") ? 0 : 1;
      }
      assertThat(where(reader)).as("other reads").isNotEqualTo(primary());
    }
    return stale;
  }

  @Test
  void by_activity_others_read_what_was_just_written_from_the_primary() throws SQLException {
    assertThat(stale("plain", 0)).as("the servers are late: the test can fail").isPositive();
    assertThat(stale("active", 100)).isZero();
    try (Connection reader = connect("active")) {
      Eventually.equal(
          () ->
              ask(reader, "SELECT count(*) * 0 + inet_server_port() FROM written")
                  .equals(primary()),
          false);
    }
  }

  // ---- strategies ------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "by_random, 0.5, 1500",
    "by_round_robin, 0.5, 200",
    "by_loc, 0.5, 200",
    "by_weighted, 0.75, 200",
    "by_zones, 0, 100"
  })
  void replicas_get_the_share_of_reads_that_the_strategy_promises(
      String pool, double promised, int reads) throws SQLException {
    String first = String.valueOf(cluster.server(1).port());
    int count = 0;
    try (Connection client = connect(pool);
        Statement statement = client.createStatement()) {
      Eventually.equal(() -> ask(client, WHERE).equals(primary()), false);
      Set<String> replicas = Set.of(first, String.valueOf(cluster.server(2).port()));
      for (int i = 0; i < reads; i++) {
        try (ResultSet row = statement.executeQuery(WHERE)) {
          row.next();
          assertThat(replicas).contains(row.getString(1));
          count += row.getString(1).equals(first) ? 1 : 0;
        }
      }
    }

    assertThat((double) count / reads).isCloseTo(promised, within(0.05));
  }
}
