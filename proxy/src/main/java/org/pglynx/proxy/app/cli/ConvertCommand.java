package org.pglynx.proxy.app.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pglynx.proxy.config.ConfigException;
import org.pglynx.proxy.config.Conversion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pglynx convert FILE}: prints a configuration of PgBouncer or pgcat as our own. */
@Command(
    name = "convert",
    description = "Print a pgbouncer.ini or a pgcat.toml as a configuration of pglynx.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the printed file means what the given one means",
      "78:the given file has faults, or asks for what is not served; they are told on standard error"
    })
final class ConvertCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "pgbouncer.ini or pgcat.toml.")
  private Path file = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      Conversion conversion = Conversion.of(file);
      out.print(conversion.toml());
      out.flush();
      conversion.faults().forEach(err::println);
      return conversion.faults().isEmpty() ? ExitCode.OK : ExitCode.CONFIG;
    } catch (ConfigException e) {
      e.faults().forEach(err::println);
      return ExitCode.CONFIG;
    }
  }
}
