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
    RunningProxy started = startProxy(port, database.port());
    proxy = Optional.of(started);
    try (Connection client = connect(started.port())) {
      new Tour(client, out).run();
    }
    out.println();
    out.printf(
        "Try it:  psql -h %s -p %d -U postgres %s%n", HOST, started.port(), DemoDatabase.NAME);
    out.printf("Look in: psql -h %s -p %d -U admin pglynx -c 'SHOW POOLS'%n", HOST, started.port());
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

  private RunningProxy startProxy(int port, int serverPort) throws DemoUnavailableException {
    long begin = System.nanoTime();
    ProxyConfig config = config(port, serverPort);
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
  private static ProxyConfig config(int port, int serverPort) {
    String toml =
        """
        [general]
        host = "127.0.0.1"
        port = %d
        admin_username = "admin"
        admin_auth_type = "trust"
        [pools.demo]
        users.0 = { username = "postgres", auth_type = "trust", pool_size = 10 }
        shards.0 = { database = "demo", servers = [["127.0.0.1", %d, "primary"]] }
        """
            .formatted(port, serverPort);
    return ConfigLoader.parse(toml, "demo");
  }

  private static Connection connect(int port) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s?user=postgres&ApplicationName=pglynx-demo"
            .formatted(HOST, port, DemoDatabase.NAME));
  }

  private void progress(String line) {
    out.println(line);
    out.flush();
  }

  private static String since(long beginNanos) {
    return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - beginNanos) / 1e9);
  }
}
