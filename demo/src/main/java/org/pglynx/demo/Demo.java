package org.pglynx.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import org.pglynx.proxy.app.cli.ListenFailure;
import org.pglynx.proxy.app.cli.ProxyLauncher;
import org.pglynx.proxy.app.cli.ProxyLauncher.RunningProxy;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.ProxyConfig;

/** Starts PostgreSQL and the proxy, and shows what a client gets from them. */
final class Demo {
  private static final String HOST = "127.0.0.1";

  /** The database of two shards, as clients name it. */
  static final String SHARDED = "shards";

  /** The dashboard lets nobody in without one. */
  private static final String SECRET = "demo";

  private final ProxyLauncher launcher;
  private final PrintWriter out;
  private final Stoppables running;
  private Optional<RunningProxy> proxy = Optional.empty();

  /**
   * @param out where progress and results go
   * @param running takes what is started; the caller closes it
   */
  Demo(ProxyLauncher launcher, PrintWriter out, Stoppables running) {
    this.launcher = launcher;
    this.out = out;
    this.running = running;
  }

  /**
   * Starts everything and runs the statements of the tour through the proxy.
   *
   * @param directory where PostgreSQL's files are kept
   * @param port of the proxy; 0 takes a free one
   * @throws SQLException if a statement fails
   */
  void tour(Path directory, int port) throws SQLException, DemoUnavailableException {
    requireFree(port);
    DemoDatabase database = startDatabase(directory);
    DemoReplica replica = startReplica(directory, database);
    RunningProxy started = startProxy(directory, port, database.port(), replica.port());
    proxy = Optional.of(started);
    for (Tour.Part part : Tour.PARTS) {
      try (Connection client = connect(started.port(), part.database())) {
        new Tour(client, part, out).run();
      }
    }
    farewell(started);
  }

  private void farewell(RunningProxy started) {
    String client = "psql -h %s -p %d -U ".formatted(HOST, started.port());
    out.println();
    out.printf("Try it:    %spostgres %s%n", client, DemoDatabase.NAME);
    out.printf("Shards:    %spostgres %s%n", client, SHARDED);
    out.printf("Console:   PGPASSWORD=%s %sadmin pglynx -c 'SHOW REPLICATION'%n", SECRET, client);
    out.printf(
        "Dashboard: http://%s:%d/ as admin, or as demo in the database %s; password %s%n",
        HOST, started.httpPort(), DemoDatabase.NAME, SECRET);
    out.flush();
  }

  /** Returns when the proxy has been stopped, which Ctrl-C does. */
  void serve() {
    out.println("Ctrl-C stops everything.");
    out.flush();
    proxy.ifPresent(RunningProxy::awaitClosed);
  }

  /** Spares the user PostgreSQL's start when the proxy could not listen anyway. */
  private static void requireFree(int port) throws DemoUnavailableException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), port));
    } catch (IOException e) {
      String message =
          "port %d is taken by another process; choose one: ./pglynx demo --port %d"
              .formatted(port, port + 1);
      throw new DemoUnavailableException(message, e);
    }
  }

  private DemoDatabase startDatabase(Path directory) throws SQLException, DemoUnavailableException {
    if (DemoDatabase.isNew(directory)) {
      progress("First start: unpacking PostgreSQL into " + directory);
    }
    progress("Starting PostgreSQL …");
    long begin = System.nanoTime();
    DemoDatabase database = running.add(() -> DemoDatabase.start(directory));
    progress("PostgreSQL %s is ready after %s".formatted(database.version(), since(begin)));
    return database;
  }

  private DemoReplica startReplica(Path directory, DemoDatabase database)
      throws DemoUnavailableException {
    long begin = System.nanoTime();
    DemoReplica replica = running.add(() -> DemoReplica.start(directory, database));
    progress("A replica follows it after " + since(begin));
    return replica;
  }

  private RunningProxy startProxy(Path directory, int port, int primary, int replica)
      throws DemoUnavailableException {
    long begin = System.nanoTime();
    ProxyConfig config = config(directory, port, primary, replica);
    try {
      RunningProxy started = running.add(() -> launcher.start(config));
      progress("pglynx listens on %s:%d after %s".formatted(HOST, started.port(), since(begin)));
      return started;
    } catch (RuntimeException e) {
      String reason = ListenFailure.reason(e).orElseThrow(() -> e);
      throw new DemoUnavailableException("cannot listen on port " + port + ": " + reason, e);
    }
  }

  /** Trust is safe as both listen on the loopback interface only. */
  private static ProxyConfig config(Path directory, int port, int primary, int replica) {
    String toml =
        """
        [general]
        host = "127.0.0.1"
        port = %1$d
        http_port = 0
        track_queries = true
        two_phase_commit_dir = "%2$s"
        admin_username = "admin"
        admin_password = "%3$s"
        [pools.demo]
        query_parser_enabled = true
        query_parser_read_write_splitting = true
        read_your_writes = true
        [pools.demo.users]
        0 = { username = "postgres", auth_type = "trust", pool_size = 10 }
        1 = { username = "demo", password = "%3$s", server_username = "postgres", pool_size = 10 }
        [pools.demo.shards.0]
        database = "demo"
        servers = [["127.0.0.1", %4$d, "primary"], ["127.0.0.1", %5$d, "replica"]]
        [pools.shards]
        automatic_sharding_key = "orders.customer"
        [pools.shards.users]
        0 = { username = "postgres", auth_type = "trust", pool_size = 5 }
        1 = { username = "demo", password = "%3$s", server_username = "postgres", pool_size = 5 }
        [pools.shards.shards]
        0 = { database = "%6$s", servers = [["127.0.0.1", %4$d, "primary"]] }
        1 = { database = "%7$s", servers = [["127.0.0.1", %4$d, "primary"]] }
        """
            .formatted(
                port,
                directory.resolve("commits").toAbsolutePath(),
                SECRET,
                primary,
                replica,
                DemoDatabase.SHARDS.get(0),
                DemoDatabase.SHARDS.get(1));
    return ConfigLoader.parse(toml, "demo");
  }

  private static Connection connect(int port, String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s?user=postgres&ApplicationName=pglynx-demo"
            .formatted(HOST, port, database));
  }

  private void progress(String line) {
    out.println(line);
    out.flush();
  }

  private static String since(long beginNanos) {
    return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - beginNanos) / 1e9);
  }
}
