package org.pglynx.proxy.app.cli;

import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code pglynx}: names the commands, and does nothing itself. */
@Command(
    name = "pglynx",
    description = "A Postgres proxy that pools connections and answers pgml.* calls in SQL.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = ProductVersion.class,
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeOnExecutionException = ExitCode.SOFTWARE)
public final class PglynxCommand {
  private PglynxCommand() {}

  /** {@code pglynx FILE} is {@code pglynx run FILE}, as PgBouncer and pgcat are started. */
  public static String[] withCommand(String... arguments) {
    boolean file = arguments.length == 1 && arguments[0].matches("(?s)[^-].*\\.(ini|toml)");
    return file ? new String[] {"run", arguments[0]} : arguments;
  }

  /** The command line with our commands and those of the jars beside ours. */
  public static CommandLine commandLine(ProxyLauncher launcher) {
    CommandLine line = new CommandLine(new PglynxCommand());
    line.addSubcommand(new RunCommand(launcher));
    line.addSubcommand(new CheckCommand());
    line.addSubcommand(new ConvertCommand());
    line.addSubcommand(new RouteCommand());
    for (CommandContribution contribution : ServiceLoader.load(CommandContribution.class)) {
      line.addSubcommand(contribution.command(launcher));
    }
    return line;
  }
}
