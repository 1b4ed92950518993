package org.pglynx.proxy.app.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pglynx.proxy.config.ConfigException;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.ProxyConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pglynx check FILE}: says everything that is wrong with a configuration file. */
@Command(
    name = "check",
    description = "Check a configuration file; every fault with its line and column.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:the file is good", "78:the file has faults"})
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "Configuration in TOML.")
  private Path file = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      ProxyConfig config = ConfigLoader.load(file);
      config.notices().forEach(out::println);
      out.println(file + ": good; pools: " + String.join(", ", config.pools().keySet()));
      return ExitCode.OK;
    } catch (ConfigException e) {
      e.faults().forEach(spec.commandLine().getErr()::println);
      return ExitCode.CONFIG;
    }
  }
}
