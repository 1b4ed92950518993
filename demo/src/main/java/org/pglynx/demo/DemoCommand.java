package org.pglynx.demo;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.pglynx.proxy.app.cli.ExitCode;
import org.pglynx.proxy.app.cli.ProxyLauncher;
import org.pglynx.proxy.app.cli.ShutdownHook;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pglynx demo}: everything from an empty machine to a prediction, then it keeps serving. */
@Command(
    name = "demo",
    description = "Start an embedded PostgreSQL behind the proxy, train, predict; Ctrl-C stops it.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeOnExecutionException = ExitCode.SOFTWARE,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "69:the port is taken, or PostgreSQL did not start",
      "70:a statement of the tour failed"
    })
final class DemoCommand implements Callable<Integer> {
  private final ProxyLauncher launcher;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "6432",
      description = "Port of the proxy; 0 takes a free one. Default: ${DEFAULT-VALUE}")
  private int port;

  @Option(names = "--once", description = "Stop after the tour instead of serving on.")
  private boolean once;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where PostgreSQL's files are kept. Default: pglynx in the user's cache.")
  private Path directory = CacheDirectory.ofUser(System.getenv());

  @Spec private CommandSpec spec = CommandSpec.create();

  DemoCommand(ProxyLauncher launcher) {
    this.launcher = launcher;
  }

  @Override
  public Integer call() {
    try (Stoppables running = new Stoppables();
        ShutdownHook _ = ShutdownHook.closing(running)) {
      return show(running);
    }
  }

  private int show(Stoppables running) {
    try {
      Demo demo = new Demo(launcher, spec.commandLine().getOut(), running);
      demo.tour(directory, port);
      if (!once) {
        demo.serve();
      }
      return ExitCode.OK;
    } catch (DemoUnavailableException e) {
      return failed(running, ExitCode.UNAVAILABLE, e);
    } catch (SQLException | CancellationException e) {
      return failed(running, ExitCode.SOFTWARE, e);
    }
  }

  /** Ctrl-C makes whatever is under way fail, which is no news to the one who pressed it. */
  private int failed(Stoppables running, int exitCode, Exception failure) {
    if (running.isClosed()) {
      return ExitCode.OK;
    }
    spec.commandLine().getErr().println(failure.getMessage());
    return exitCode;
  }
}
