package org.pglynx.proxy.app.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ConfigException;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.shard.ShardedDatabase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pglynx route FILE --sql …}: says to which shards a statement goes, without a server. */
@Command(
    name = "route",
    description = "Say to which shards a statement goes, and what is done with their rows.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it is said",
      "64:no such pool, or one of a single shard",
      "78:the configuration has faults"
    })
final class RouteCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "Configuration in TOML.")
  private Path file = Path.of("");

  @Option(names = "--sql", paramLabel = "TEXT", required = true, description = "The statement.")
  private String sql = "";

  @Option(
      names = "--pool",
      paramLabel = "NAME",
      description = "The pool; not needed if one alone has several shards.")
  private @Nullable String pool;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    Map<String, PoolConfig> pools;
    try {
      pools = ConfigLoader.load(file).pools();
    } catch (ConfigException e) {
      e.faults().forEach(err::println);
      return ExitCode.CONFIG;
    }
    List<String> sharded =
        pools.entrySet().stream()
            .filter(each -> each.getValue().shards().size() > 1)
            .map(Map.Entry::getKey)
            .toList();
    String chosen = pool == null && sharded.size() == 1 ? sharded.getFirst() : pool;
    PoolConfig config = chosen == null ? null : pools.get(chosen);
    if (config == null || config.shards().size() < 2) {
      err.println("pools of several shards: " + String.join(", ", sharded) + "; choose by --pool");
      return ExitCode.USAGE;
    }
    new ShardedDatabase(config.sharding(), config.shards().size())
        .explain(sql)
        .forEach(spec.commandLine().getOut()::println);
    return ExitCode.OK;
  }
}
