package org.pglynx.proxy.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * A proxy in front of a database of the test class's own; the clients' database {@code app} leads
 * to it.
 */
final class ProxyUnderTest implements BeforeAllCallback, AfterAllCallback {
  /** The database as clients name it. */
  static final String DATABASE = "app";

  /**
   * Runs the whole suite on another transport than {@code auto}: -Dpglynx.test.transport=io_uring.
   */
  private static final String TRANSPORT = System.getProperty("pglynx.test.transport", "");

  private final List<String> general = new ArrayList<>();
  private final List<String> ml = new ArrayList<>();
  private final List<String> pool = new ArrayList<>();
  private final List<String> user = new ArrayList<>();
  private final List<String> moreUsers = new ArrayList<>();
  private TestPostgres.Major major = TestPostgres.Major.V18;
  private int serverPort;
  private String serverHost = "127.0.0.1";
  private @Nullable TestPostgres postgres;
  private @Nullable ProxyUnderTest neighbour;
  private @Nullable ProxyServer server;
  private final List<String> moreShards = new ArrayList<>();
  private int shards = 1;
  private String database = "";

  private ProxyUnderTest(String mode, int size) {
    pool.add("pool_mode = \"" + mode + "\"");
    user.add("pool_size = " + size);
  }

  /** With a BEGIN that takes its server at once: so a test occupies one. */
  static ProxyUnderTest transactionMode(int poolSize) {
    return new ProxyUnderTest("transaction", poolSize).pool("deferred_begin = false");
  }

  /** As the product is without a word about BEGIN: it takes no server by itself. */
  static ProxyUnderTest deferring(int poolSize) {
    return new ProxyUnderTest("transaction", poolSize);
  }

  static ProxyUnderTest statementMode(int poolSize) {
    return new ProxyUnderTest("statement", poolSize);
  }

  static ProxyUnderTest sessionMode(int poolSize) {
    return new ProxyUnderTest("session", poolSize);
  }

  /** More lines of {@code [general]}. */
  ProxyUnderTest general(String... lines) {
    general.addAll(List.of(lines));
    return this;
  }

  /** The lines of {@code [ml]}. */
  ProxyUnderTest ml(String... lines) {
    ml.addAll(List.of(lines));
    return this;
  }

  /** More lines of the pool. */
  ProxyUnderTest pool(String... lines) {
    pool.addAll(List.of(lines));
    return this;
  }

  /** More lines of the user postgres. */
  ProxyUnderTest user(String... lines) {
    user.addAll(List.of(lines));
    return this;
  }

  /** One more user of the pool. */
  ProxyUnderTest anotherUser(String... lines) {
    moreUsers.add(String.join("\n", lines));
    return this;
  }

  /** Spreads the clients' database over so many databases of the server. */
  ProxyUnderTest shards(int count) {
    shards = count;
    return this;
  }

  ProxyUnderTest on(TestPostgres.Major version) {
    major = version;
    return this;
  }

  /** In front of the other's database. */
  ProxyUnderTest sharing(ProxyUnderTest other) {
    neighbour = other;
    return this;
  }

  /** Lets the proxy reach its server through something else that listens on the port. */
  ProxyUnderTest serverPort(int port) {
    serverPort = port;
    return this;
  }

  /** The host that the proxy reaches its server by; a directory of Unix sockets, for example. */
  ProxyUnderTest serverHost(String host) {
    serverHost = host;
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start();
  }

  /** Creates the database and starts the proxy. */
  ProxyUnderTest start() {
    TestPostgres server = TestPostgres.shared(major);
    postgres = server;
    database = neighbour == null ? server.createDatabase("it") : neighbour.database;
    for (int i = 1; i < shards; i++) {
      moreShards.add(server.createDatabase("it_shard"));
    }
    this.server = ProxyServer.start(ConfigLoader.parse(toml(server), "test.toml"));
    return this;
  }

  /** Starts one more proxy like it, in front of the same database. */
  ProxyServer another() {
    return ProxyServer.start(ConfigLoader.parse(toml(postgres()), "another.toml"));
  }

  private String toml(TestPostgres target) {
    int port = serverPort == 0 ? target.port() : serverPort;
    StringBuilder toml = new StringBuilder("[general]\nhost = \"127.0.0.1\"\nport = 0\n");
    if (general.stream().noneMatch(line -> line.startsWith("worker_threads"))) {
      toml.append("worker_threads = 2\n");
    }
    if (!TRANSPORT.isEmpty() && general.stream().noneMatch(line -> line.startsWith("transport"))) {
      toml.append("transport = \"").append(TRANSPORT).append("\"\n");
    }
    lines(toml, general);
    toml.append("[ml]\n");
    lines(toml, ml.isEmpty() ? List.of("threads = 2") : ml);
    toml.append("[pools.").append(DATABASE).append("]\n");
    lines(toml, pool);
    toml.append("[pools.").append(DATABASE).append(".shards.0]\n");
    toml.append("database = \"").append(database).append("\"\n");
    servers(toml, port);
    for (int i = 0; i < moreShards.size(); i++) {
      toml.append("[pools.").append(DATABASE).append(".shards.").append(i + 1).append("]\n");
      toml.append("database = \"").append(moreShards.get(i)).append("\"\n");
      servers(toml, port);
    }
    toml.append("[pools.").append(DATABASE).append(".users.0]\nusername = \"postgres\"\n");
    if (user.stream().noneMatch(line -> line.startsWith("auth_type"))) {
      toml.append("auth_type = \"trust\"\n");
    }
    lines(toml, user);
    for (int i = 0; i < moreUsers.size(); i++) {
      toml.append("[pools.").append(DATABASE).append(".users.").append(i + 1).append("]\n");
      toml.append(moreUsers.get(i)).append('\n');
    }
    return toml.toString();
  }

  private void servers(StringBuilder toml, int port) {
    toml.append("servers = [[\"")
        .append(serverHost)
        .append("\", ")
        .append(port)
        .append(", \"primary\"]]\n");
  }

  private static void lines(StringBuilder toml, List<String> lines) {
    lines.forEach(line -> toml.append(line).append('\n'));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    stop();
  }

  void stop() {
    ProxyServer running = server;
    if (running != null) {
      running.close();
    }
    if (neighbour == null) {
      postgres().dropDatabase(database);
    }
    moreShards.forEach(postgres()::dropDatabase);
  }

  TestPostgres postgres() {
    TestPostgres started = postgres;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  ProxyServer server() {
    ProxyServer running = server;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  int port() {
    return server().port();
  }

  /** The name that the server knows the database by. */
  String serverDatabase() {
    return database;
  }

  /** The name that the server knows the database of a shard by. */
  String shardDatabase(int shard) {
    return shard == 0 ? database : moreShards.get(shard - 1);
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + DATABASE;
  }

  /** A connection through the proxy, with pgjdbc's properties as name, value, name, value. */
  Connection connect(String... properties) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", "postgres");
    all.setProperty("sslmode", "disable");
    all.setProperty("loginTimeout", "20");
    all.setProperty("socketTimeout", "30");
    for (int i = 0; i < properties.length; i += 2) {
      all.setProperty(properties[i], properties[i + 1]);
    }
    return DriverManager.getConnection(url(), all);
  }

  /** Logs in through the proxy, and is gone again. */
  void login(String database, String user, String password) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", user);
    all.setProperty("password", password);
    all.setProperty("sslmode", "disable");
    String url = "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    try (Connection connection = DriverManager.getConnection(url, all)) {
      run(connection, "SELECT 1");
    }
  }

  /** A raw connection through the proxy, logged in as postgres. */
  RawConnection raw() {
    return RawConnection.login(port(), DATABASE, "postgres");
  }

  /** A raw connection past the proxy. */
  RawConnection direct() {
    return RawConnection.login(postgres().port(), database, "postgres");
  }

  /** Runs statements past the proxy. */
  void onServer(String... statements) {
    postgres().execute(database, statements);
  }

  /** A value asked past the proxy. */
  String valueOnServer(String sql) {
    return postgres().value(database, sql);
  }

  /** How many server processes serve the proxy, in the given state ("" is any). */
  int serverProcesses(String state) {
    return Integer.parseInt(
        valueOnServer(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name <> 'observer' AND backend_type = 'client backend'"
                + (state.isEmpty() ? "" : " AND state LIKE '" + state + "'")));
  }

  /** The first column of the first row. */
  static @Nullable String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  /** Runs it on a thread of its own; gives the error that it ends with, or null. */
  static CompletableFuture<@Nullable SQLException> inBackground(Statement statement, String sql) {
    CompletableFuture<@Nullable SQLException> outcome = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            statement.execute(sql);
            outcome.complete(null);
          } catch (SQLException e) {
            outcome.complete(e);
          }
        });
    return outcome;
  }

  static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
