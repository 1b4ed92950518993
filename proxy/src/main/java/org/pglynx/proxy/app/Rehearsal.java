package org.pglynx.proxy.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pglynx.proxy.app.cli.ProxyLauncher;
import org.pglynx.proxy.app.cli.ProxyLauncher.RunningProxy;
import org.pglynx.proxy.app.rehearsal.CannedServer;
import org.pglynx.proxy.app.rehearsal.RehearsalConfig;
import org.pglynx.proxy.app.rehearsal.RehearsalLoad;
import org.pglynx.proxy.app.rehearsal.SelfSigned;

/**
 * Runs {@code pglynx run} as it is in production, in front of a canned server, and is its first
 * clients; then ends. With {@code -XX:AOTMode=record} the JVM writes down which classes it took and
 * what it learnt about the code. {@code config/aot-cache.sh} calls it.
 *
 * <p>The argument is a directory for the files of the rehearsal. The exit code is 0 if all went as
 * it should; the cache is not to be used otherwise.
 */
public final class Rehearsal {
  /** Far more than it takes; a build must not hang in it. */
  private static final long WHOLE_SECONDS = 90;

  private static final long START_SECONDS = 30;

  private static final long STOP_SECONDS = 10;

  private Rehearsal() {}

  /** Rehearses, and exits. */
  public static void main(String[] arguments) throws Exception {
    Thread.ofPlatform().daemon().name("rehearsal-limit").start(Rehearsal::limit);
    System.exit(rehearse(Path.of(arguments[0])));
  }

  private static void limit() {
    try {
      Thread.sleep(Duration.ofSeconds(WHOLE_SECONDS));
      System.err.println("the rehearsal takes too long");
      Runtime.getRuntime().halt(1);
    } catch (InterruptedException _) {
      // Nobody interrupts it.
    }
  }

  private static int rehearse(Path directory)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    int port = freePort();
    try (CannedServer server = CannedServer.start()) {
      SelfSigned identity = SelfSigned.in(directory);
      Path file =
          Files.writeString(
              directory.resolve("rehearsal.toml"),
              RehearsalConfig.text(port, server.port(), identity));
      CompletableFuture<RunningProxy> started = new CompletableFuture<>();
      CompletableFuture<Integer> ended = run(file, started);
      try (RunningProxy _ = started.get(START_SECONDS, TimeUnit.SECONDS)) {
        new RehearsalLoad(port, server, RehearsalLoad.LONG).run();
      }
      return ended.get(STOP_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Runs the command as {@code Main} does, but on a thread of its own. */
  private static CompletableFuture<Integer> run(
      Path file, CompletableFuture<RunningProxy> started) {
    ProxyLauncher real = new ProxyServerLauncher();
    ProxyLauncher telling =
        config -> {
          RunningProxy proxy = real.start(config);
          started.complete(proxy);
          return proxy;
        };
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("rehearsal")
        .start(() -> ended.complete(Main.run(telling, "run", file.toString())));
    ended.thenAccept(code -> started.completeExceptionally(new IOException("ended: " + code)));
    return ended;
  }

  /** One pool has the proxy itself for a server, so its port must be known before it starts. */
  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
