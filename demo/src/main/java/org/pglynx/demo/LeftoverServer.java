package org.pglynx.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL server that a demo left behind because it was killed and could not stop it. The
 * caller holds the demo's lock, so nobody uses the server any more.
 */
final class LeftoverServer {
  private static final long PATIENCE_SECONDS = 10;

  private LeftoverServer() {}

  /** Stops the server of the data directory, if one runs. */
  static void stop(Path dataDirectory) throws IOException, DemoUnavailableException {
    Path pidFile = dataDirectory.resolve("postmaster.pid");
    if (Files.exists(pidFile)) {
      Optional<ProcessHandle> server = server(Files.readAllLines(pidFile));
      if (server.isPresent()) {
        stop(server.get());
      }
    }
  }

  /** The process may be another one by now that got the same number: its name decides. */
  private static Optional<ProcessHandle> server(List<String> pidFile) {
    if (pidFile.isEmpty() || !pidFile.getFirst().matches("\\d{1,10}")) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(pidFile.getFirst()))
        .filter(process -> process.info().command().filter(LeftoverServer::isPostgres).isPresent());
  }

  private static boolean isPostgres(String command) {
    return command.endsWith("postgres");
  }

  /** SIGTERM lets the server write a checkpoint; its clients are gone with the demo. */
  private static void stop(ProcessHandle server) throws DemoUnavailableException {
    server.destroy();
    try {
      server.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notStopped(server, e);
    } catch (ExecutionException | TimeoutException e) {
      throw notStopped(server, e);
    }
  }

  private static DemoUnavailableException notStopped(ProcessHandle server, Exception cause) {
    return new DemoUnavailableException(
        "an earlier demo left PostgreSQL running as process " + server.pid() + "; stop it first",
        cause);
  }
}
