package org.pglynx.demo;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
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
    PrintWriter out = spec.commandLine().getOut();
    Stoppables running = new Stoppables();
    try (running;
        ShutdownHook _ = ShutdownHook.closing(running)) {
      Demo demo = new Demo(launcher, out, running);
      demo.tour(directory, port);
      if (!once) {
        demo.serve();
      }
      return ExitCode.OK;
    } catch (DemoUnavailableException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.UNAVAILABLE;
    } catch (SQLException e) {
      spec.commandLine().getErr().println("ERROR:  " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }
}
