package org.pglynx.proxy.app.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.pglynx.proxy.app.Finding;
import org.pglynx.proxy.app.Inspection;
import org.pglynx.proxy.config.ConfigException;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.ProxyConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pglynx check FILE}: says everything that is wrong with a configuration file. */
@Command(
    name = "check",
    description = "Check a configuration file; every fault with its line and column.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeListHeading = "%nExit codes, the first of them that holds:%n",
    exitCodeList = {
      "0:the file is good, and so are the servers if they were asked",
      "69:a server cannot be reached",
      "77:a server refuses a login",
      "78:the file has faults, or a server is not what the file says"
    })
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "Configuration in TOML, or a pgbouncer.ini.")
  private Path file = Path.of("");

  @Option(
      names = "--connect",
      description = "Log in to the servers, and see whether they are what the file says.")
  private boolean connects;

  @Option(
      names = "--ml",
      description = "A server without the schema pgml is not what the file says.")
  private boolean learns;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      ProxyConfig config = ConfigLoader.load(file);
      config.notices().forEach(out::println);
      out.println(file + ": good; pools: " + String.join(", ", config.pools().keySet()));
      return connects ? inspect(config, out) : ExitCode.OK;
    } catch (ConfigException e) {
      e.faults().forEach(spec.commandLine().getErr()::println);
      return ExitCode.CONFIG;
    }
  }

  private int inspect(ProxyConfig config, PrintWriter out) {
    List<Finding> findings = Inspection.of(config);
    for (Finding finding : findings) {
      boolean note = code(finding) == ExitCode.OK;
      (note ? out : spec.commandLine().getErr()).println(finding);
    }
    int worst =
        findings.stream()
            .mapToInt(this::code)
            .filter(code -> code != ExitCode.OK)
            .min()
            .orElse(ExitCode.OK);
    if (worst == ExitCode.OK) {
      out.println(file + ": the servers are what it says");
    }
    return worst;
  }

  private int code(Finding finding) {
    return switch (finding.kind()) {
      case UNREACHABLE -> ExitCode.UNAVAILABLE;
      case REFUSED -> ExitCode.NO_PERMISSION;
      case MISFIT -> ExitCode.CONFIG;
      case NO_SCHEMA -> learns ? ExitCode.CONFIG : ExitCode.OK;
      case NOTE -> ExitCode.OK;
    };
  }
}
